import { Link } from '@tanstack/react-router';
import type { ExecutionDetails } from '../../api/types.ts';
import { Facts } from '../../components/facts.tsx';
import { Time } from '../../components/time.tsx';
import { triggerWords } from '../../components/trigger-words.ts';
import { countOf } from '../../time/format.ts';
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
    skipped,
  } = execution;
  const duration = (ms: number | null) => (ms === null ? undefined : formatDuration(ms));
  const facts = [
    [
      skipped === null ? 'Execution time' : 'Last occurrence',
      <Time key="time" at={executionTime} look="instant" />,
    ],
    [
      'Skipped',
      skipped === null ? undefined : (
        <span key="skipped">
          {countOf(skipped.count, 'occurrence')} from <Time at={skipped.first} look="instant" />
        </span>
      ),
    ],
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
    ['Retries', skipped === null ? String(retryCount) : undefined],
    ['Answer', statusCode === null ? undefined : String(statusCode)],
    ['Ended', finishedAt === null ? undefined : <Time key="end" at={finishedAt} look="instant" />],
    [
      'Trace id',
      execution.traceId === null ? undefined : <code key="trace">{execution.traceId}</code>,
      'wide',
    ],
  ] as const;
  return <Facts facts={facts} />;
};
