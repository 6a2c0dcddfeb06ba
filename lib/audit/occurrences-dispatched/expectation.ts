import type { AuditedJob } from '../active-jobs.ts';
import { firstTimeFrom } from '../../domain/expected-times.ts';
import { nextTimeAfter } from '../../domain/schedule/next-time.ts';
import type { Schedule } from '../../domain/schedule/schedule.ts';
import { readSchedule } from '../read-schedule.ts';
import type { AuditSettings } from '../rule.ts';

/** Longer than any occurrence is dispatched ahead. */
const DISPATCHED_AHEAD_MS = 600_000;

/** What the schedule of a job says that there must be: each occurrence from `firstMs`, which is one, and before `toMs`. */
export type Expectation = { job: AuditedJob; schedule: Schedule; firstMs: number; toMs: number };

/**
 * A change of a job may change what it has had to do, so it is judged from its last change on. Its schedule stands at
 * the first occurrence not dispatched: what comes before must be there.
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
  // Before that, occurrences came by other rules of the clock; some were dispatched ahead.
  const zoneDataMs =
    schedule.kind === 'cron' && zoneDataChangedAt !== null
      ? zoneDataChangedAt.getTime() + DISPATCHED_AHEAD_MS
      : -Infinity;
  const fromMs = Math.max(since.getTime(), job.updatedAt.getTime() + 1, zoneDataMs);
  const nextMs = job.nextExecutionTime?.getTime();
  if (!job.isRecurring) {
    // It is to come, or was dispatched.
    if (nextMs !== undefined) return 'nothing';
    // One that was changed may have had its time by the schedule of now, or by an earlier one.
    if (schedule.kind !== 'once' && job.revision > 1) return 'undecided';
    const onlyMs =
      schedule.kind === 'once' ? schedule.atMs : nextTimeAfter(schedule, job.createdAt.getTime());
    const isInWindow = onlyMs !== undefined && onlyMs >= fromMs && onlyMs < until.getTime();
    return isInWindow ? { job, schedule, firstMs: onlyMs, toMs: until.getTime() } : 'nothing';
  }
  // An interval has no times without one to count from. That it has lost its schedule is for another rule to say.
  if (nextMs === undefined && schedule.kind === 'interval') return 'nothing';
  const toMs = Math.min(until.getTime(), nextMs ?? Infinity);
  const firstMs = firstTimeFrom(schedule, fromMs, nextMs ?? fromMs);
  return firstMs === undefined || firstMs >= toMs ? 'nothing' : { job, schedule, firstMs, toMs };
}
