import type { KnownOccurrences } from '../../../lib/audit/rule.ts';
import { compileSchedule } from '../../../lib/domain/schedule/parse-schedule.ts';
import { knownJobs, type KnownJob } from '../journal/known-jobs.ts';
import type { AskedJob, Journal } from '../journal/types.ts';

/** Returns the occurrences that each job of a journal must have. The changes of the traffic leave schedules alone. */
export function knownOccurrences(journal: Journal): KnownOccurrences[] {
  return knownJobs(journal).flatMap((job) => {
    const range = job.asked.isRecurring ? rangeOf(job, journal) : onlyTimeOf(job.asked);
    const schedule = compileSchedule(job.asked.schedule, 'UTC');
    const { isRecurring } = job.asked;
    return range === undefined ? [] : [{ jobId: job.stored.id, schedule, isRecurring, ...range }];
  });
}

type Range = Pick<KnownOccurrences, 'firstMs' | 'toMs'>;

/** A job that was paused or deleted may have been stopped before it was dispatched. */
function onlyTimeOf({ schedule, stop }: AskedJob): Range {
  const firstMs = Date.parse(schedule);
  const mayBeMissing = stop?.kind === 'pause' || stop?.kind === 'delete';
  return { firstMs, toMs: mayBeMissing ? firstMs : firstMs + 1 };
}

/**
 * A recurring job has an execution for every time of its schedule, from the first up to the schedule's next time. A stopped job
 * has every execution that was due when the last tick before the stop began, because ticks look ahead.
 */
function rangeOf({ asked, stored, executions }: KnownJob, journal: Journal): Range | undefined {
  const times = executions
    .filter(({ trigger }) => trigger === 'SCHEDULE')
    .map(({ executionMs }) => executionMs);
  const firstMs =
    asked.answer.kind === 'acknowledged'
      ? asked.answer.firstMs
      : Math.min(...times, stored.nextMs ?? Infinity);
  if (firstMs === Infinity) return undefined;
  const { pausedByRuleMs } = stored;
  const isStopped =
    pausedByRuleMs !== undefined || (asked.stop !== undefined && asked.stop.kind !== 'change');
  const stoppedMs = Math.min(pausedByRuleMs ?? Infinity, asked.stop?.sentMs ?? Infinity);
  const lastMs = Math.max(0, ...times) + 1;
  const toMs = isStopped
    ? Math.max(lastMs, servedUpTo(asked, { firstMs, stoppedMs }, journal))
    : (stored.nextMs ?? lastMs);
  return { firstMs, toMs };
}

function servedUpTo(
  { answer }: AskedJob,
  { firstMs, stoppedMs }: { firstMs: number; stoppedMs: number },
  { ticks }: Journal,
): number {
  if (answer.kind !== 'acknowledged') return firstMs;
  const served = ticks.filter(
    ({ startedMs, endedMs }) => startedMs > answer.atMs && endedMs < stoppedMs && startedMs > firstMs,
  );
  return Math.max(firstMs, ...served.map(({ startedMs }) => startedMs));
}
