import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { api } from '../../api/client.ts';
import type { ExecutionDetails, Explanation, NamedJob } from '../../api/types.ts';
import type { RepeatHeaders } from '../../api/use-repeat-key.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';
import { copy } from '../../components/copy.ts';
import { tell } from '../../components/toasts.tsx';
import { toMarkdown } from './markdown.ts';
import { hasEnded } from '../../api/has-ended.ts';

const ConfirmDialog = lazy(async () => ({
  default: (await import('../../components/confirm-dialog.tsx')).ConfirmDialog,
}));

type Props = { execution: ExecutionDetails; explanation: Explanation | undefined; job: NamedJob | undefined };

/** What can be done with an execution. */
export const ExecutionActions = ({ execution, explanation, job }: Props) => {
  const { canWrite } = useScopes();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'retry' | 'cancel'>();
  const { id, status } = execution;
  const isEnded = hasEnded(execution);
  const close = () => setAsked(undefined);
  const retry = async (reason: string, headers: RepeatHeaders) => {
    const created = await api.post('/api/v1/executions/{id}/retry', { path: { id }, reason, headers });
    tell(`Execution ${created.id} repeats execution ${id}`);
    void navigate({ to: '/executions/$id', params: { id: String(created.id) } });
  };
  const cancel = async (reason: string) => {
    const cancelled = await api.post('/api/v1/executions/{id}/cancel', { path: { id }, reason });
    tell(`Execution ${id}`, cancelled?.message);
  };
  return (
    <>
      <Button icon="copy" onClick={() => void copy(toMarkdown(execution, explanation, job))}>
        Copy as Markdown
      </Button>
      {canWrite && !isEnded && (
        <Button icon="cancelled" onClick={() => setAsked('cancel')}>
          Cancel
        </Button>
      )}
      {canWrite && isEnded && status !== 'SKIPPED' && job?.isDeleted !== true && (
        <Button icon="retrying" look="primary" onClick={() => setAsked('retry')}>
          Retry
        </Button>
      )}
      <Suspense>
        {asked === 'retry' && (
          <ConfirmDialog title={`Retry execution ${id}`} label="Retry" act={retry} onClose={close}>
            <p>
              A new execution sends the request of the job again, as the job is now. The request cannot be
              taken back.
            </p>
          </ConfirmDialog>
        )}
        {asked === 'cancel' && (
          <ConfirmDialog
            title={`Cancel execution ${id}`}
            label="Cancel it"
            isDangerous
            act={cancel}
            onClose={close}
          >
            <p>
              It gets no further attempt. A request that is under way is broken off; the target may have
              received it.
            </p>
          </ConfirmDialog>
        )}
      </Suspense>
    </>
  );
};
