import { Link } from '@tanstack/react-router';
import type { ExecutionDetails } from '../../api/types.ts';
import { Facts } from '../../components/facts.tsx';
import { Time } from '../../components/time.tsx';
import { triggerWords } from '../../components/trigger-words.ts';
import { formatDuration } from '../../time/spans.ts';

export const ExecutionFacts = ({ execution }: { execution: ExecutionDetails }) => {
  const {
    executionTime,
    trigger,
    originId,
    latenessMs,
    executionDuration,
    retryCount,
    statusCode,
    finishedAt,
  } = execution;
  const duration = (ms: number | null) => (ms === null ? undefined : formatDuration(ms));
  const facts = [
    ['Execution time', <Time key="time" at={executionTime} look="instant" />],
    ['Trigger', triggerWords[trigger]],
    [
      'Repeats',
      originId === null ? undefined : (
        <Link key="origin" to="/executions/$id" params={{ id: String(originId) }}>
          Execution {originId}
        </Link>
      ),
    ],
    ['Late by', duration(latenessMs)],
    ['Last attempt took', duration(executionDuration)],
    ['Retries', String(retryCount)],
    ['Answer', statusCode === null ? undefined : String(statusCode)],
    ['Ended', finishedAt === null ? undefined : <Time key="end" at={finishedAt} look="instant" />],
    ['Trace id', execution.traceId === null ? undefined : <code key="trace">{execution.traceId}</code>],
  ] as const;
  return <Facts facts={facts} />;
};
