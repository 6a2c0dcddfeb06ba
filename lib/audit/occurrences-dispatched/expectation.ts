import type { AuditedJob } from '../active-jobs.ts';
import { firstTimeFrom } from '../../domain/expected-times.ts';
import { nextTimeAfter } from '../../domain/schedule/next-time.ts';
import type { Schedule } from '../../domain/schedule/schedule.ts';
import { readSchedule } from '../read-schedule.ts';
import type { AuditSettings } from '../rule.ts';

/** An upper bound of how long before its time an occurrence is dispatched. */
const DISPATCHED_AHEAD_MS = 600_000;

/**
 * The occurrences that a job must have by its schedule: the occurrence at `firstMs`, and all later ones before `toMs`.
 */
export type Expectation = { job: AuditedJob; schedule: Schedule; firstMs: number; toMs: number };

/**
 * Decides which occurrences a job must have. It considers only the time since the last change of the job, because a
 * change may change the occurrences. The next execution time is the first occurrence that is not dispatched yet, so all
 * earlier occurrences must exist.
 */
export function expectOccurrences(
  job: AuditedJob,
  {
    since,
    until,
    zoneDataChangedAt,
  }: Pick<AuditSettings, 'since' | 'until'> & { zoneDataChangedAt: Date | null },
): Expectation | 'nothing' | 'unreadable' | 'undecided' {
  const schedule = readSchedule(job);
  if (schedule === undefined) return 'unreadable';
  // Occurrences before the zone data changed followed other rules, also some later ones that were dispatched ahead.
  const zoneDataMs =
    schedule.kind === 'cron' && zoneDataChangedAt !== null
      ? zoneDataChangedAt.getTime() + DISPATCHED_AHEAD_MS
      : -Infinity;
  const fromMs = Math.max(since.getTime(), job.updatedAt.getTime() + 1, zoneDataMs);
  const nextMs = job.nextExecutionTime?.getTime();
  if (!job.isRecurring) {
    // The only occurrence either is still in the future or was dispatched.
    if (nextMs !== undefined) return 'nothing';
    // After a change of the job, the time of the occurrence may come from the current schedule or from an earlier one.
    if (schedule.kind !== 'once' && job.revision > 1) return 'undecided';
    const onlyMs =
      schedule.kind === 'once' ? schedule.atMs : nextTimeAfter(schedule, job.createdAt.getTime());
    const isInWindow = onlyMs !== undefined && onlyMs >= fromMs && onlyMs < until.getTime();
    return isInWindow ? { job, schedule, firstMs: onlyMs, toMs: until.getTime() } : 'nothing';
  }
  // The times of an interval cannot be computed without a start. The rule `schedules-match-jobs` reports the missing
  // schedule.
  if (nextMs === undefined && schedule.kind === 'interval') return 'nothing';
  const toMs = Math.min(until.getTime(), nextMs ?? Infinity);
  const firstMs = firstTimeFrom(schedule, fromMs, nextMs ?? fromMs);
  return firstMs === undefined || firstMs >= toMs ? 'nothing' : { job, schedule, firstMs, toMs };
}
