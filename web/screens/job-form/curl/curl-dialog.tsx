import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { TextArea } from '../../../components/text-area.tsx';
import { tell } from '../../../components/toasts.tsx';
import type { FormValues } from '../form-values.ts';
import { type CurlRequest, parseCurl } from './parse-curl.ts';

const METHODS: readonly FormValues['method'][] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The fields of a form that a command fills. A method that no job can have is named with what is not taken over. */
function toChanges(request: CurlRequest): { changes: Partial<FormValues>; notTaken: string[] } {
  const { url, headers, body, timeoutMs } = request;
  const method = METHODS.find((each) => each === request.method);
  return {
    changes: {
      method: method ?? 'POST',
      api: url,
      headers: headers.map(({ name, value }, id) => ({ id, name, value, isSecret: false })),
      body,
      ...(timeoutMs !== undefined && { timeoutMs: String(timeoutMs) }),
    },
    notTaken: [...(method === undefined ? [`-X ${request.method}`] : []), ...request.notTaken],
  };
}

type Read = ReturnType<typeof toChanges>;

type Props = { onTake: (changes: Partial<FormValues>) => void; onClose: () => void };

/** Fills the form from a curl command, and names what has no field. Nothing is sent. */
export const CurlDialog = ({ onTake, onClose }: Props) => {
  const [text, setText] = useState('');
  const { read, error } = tryToRead(text);
  const take = () => {
    if (read === undefined) return;
    onTake(read.changes);
    tell(
      'The request is filled in',
      read.notTaken.length > 0 ? `Not taken over: ${read.notTaken.join(', ')}` : undefined,
    );
    onClose();
  };
  return (
    <Dialog
      title="Paste a curl command"
      isWide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={read === undefined} onClick={take}>
            Fill the form
          </Button>
        </>
      }
    >
      <TextArea
        label="Command"
        isCode
        rows={8}
        value={text}
        error={error}
        placeholder={
          "curl -X POST https://example.com/hook -H 'Content-Type: application/json' -d '{\"a\": 1}'"
        }
        onChange={({ target }) => setText(target.value)}
      />
      <div aria-live="polite">
        {read !== undefined && (
          <p>
            <code>
              {read.changes.method} {read.changes.api}
            </code>
          </p>
        )}
        {read !== undefined && read.notTaken.length > 0 && (
          <p>
            Not taken over: <code>{read.notTaken.join(' ')}</code>
          </p>
        )}
      </div>
    </Dialog>
  );
};

function tryToRead(text: string): { read?: Read; error?: string } {
  if (text.trim() === '') return {};
  try {
    return { read: toChanges(parseCurl(text)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
