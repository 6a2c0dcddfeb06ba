import type { Attempt } from '../../api/types.ts';
import { Facts } from '../facts.tsx';
import { Panel } from '../panel.tsx';
import { StatusBadge } from '../status-badge.tsx';
import { Time } from '../time.tsx';
import { formatDuration } from '../../time/spans.ts';
import { ResponseView } from './response-view.tsx';
import { Waterfall } from './waterfall.tsx';

/** One request of an execution. */
export const AttemptPanel = ({ attempt, isOpen }: { attempt: Attempt; isOpen: boolean }) => {
  const { number, status, startedAt, durationMs, latenessMs, errorMessage, statusCode, connection, retryAt } =
    attempt;
  const facts = [
    ['Sent', startedAt === null ? 'not sent' : <Time key="sent" at={startedAt} look="instant" />],
    ['Late by', latenessMs === null ? undefined : formatDuration(latenessMs)],
    ['Took', durationMs === null ? undefined : formatDuration(durationMs)],
    ['Answer', statusCode === null ? undefined : String(statusCode)],
    ['Connection', connection === null ? undefined : connection === 'NEW' ? 'new' : 'reused'],
    ['Next attempt', retryAt === null ? undefined : <Time key="retry" at={retryAt} look="instant" />],
    ['Error', errorMessage ?? undefined, 'wide'],
  ] as const;
  return (
    <Panel title={`Attempt ${number}`} aside={<StatusBadge status={status} />}>
      <Facts facts={facts} />
      <Waterfall attempt={attempt} />
      {attempt.response !== null && <ResponseView response={attempt.response} isOpen={isOpen} />}
    </Panel>
  );
};
