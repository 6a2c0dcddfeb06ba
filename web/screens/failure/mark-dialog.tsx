import { useState } from 'react';
import { api } from '../../api/client.ts';
import type { FailureGroup } from '../../api/types.ts';
import { placeOf } from '../../components/cause-words.ts';
import { Choice } from '../../components/choice.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { tell } from '../../components/toasts.tsx';
import { DAY_MS } from '../../time/units.ts';

const spans = [
  { value: '1', label: 'For a day' },
  { value: '7', label: 'For 7 days' },
  { value: '30', label: 'For 30 days' },
  { value: '365', label: 'For a year' },
] as const;
type Span = (typeof spans)[number]['value'];

const words = {
  ignore: {
    title: 'Ignore this cause',
    label: 'Ignore',
    done: 'The cause is ignored',
    consequence:
      'Its failures are still counted, and reports are still sent. When the time is over, the cause is open again.',
  },
  resolve: {
    title: 'Mark this cause as resolved',
    label: 'Resolve',
    done: 'The cause is resolved',
    consequence: 'The next failure of this cause opens it again by itself.',
  },
  reopen: {
    title: 'Reopen this cause',
    label: 'Reopen',
    done: 'The cause is open',
    consequence: 'The cause is listed as open again.',
  },
} as const;

type Props = { group: FailureGroup; mark: keyof typeof words; onClose: () => void };

/** Asks before a group of failures is ignored, resolved or opened. */
export const MarkDialog = ({ group, mark, onClose }: Props) => {
  const [span, setSpan] = useState<Span>('7');
  const { title, label, done, consequence } = words[mark];
  const act = async (reason: string) => {
    const options = { path: { id: group.id }, reason };
    if (mark === 'ignore') {
      const until = new Date(Date.now() + Number(span) * DAY_MS).toISOString();
      await api.post('/api/v1/failures/{id}/ignore', { ...options, body: { until } });
    } else await api.post(`/api/v1/failures/{id}/${mark}`, options);
    tell(done, placeOf(group));
  };
  return (
    <ConfirmDialog title={title} label={label} act={act} onClose={onClose}>
      <p>{consequence}</p>
      {mark === 'ignore' && <Choice label="How long" value={span} options={spans} onChange={setSpan} />}
    </ConfirmDialog>
  );
};
