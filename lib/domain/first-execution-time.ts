import { InvalidScheduleError } from './errors.ts';
import type { JobDescription } from './job.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import { compileSchedule } from './schedule/parse-schedule.ts';

/** An instant may have passed by this much when it arrives, as on the way of a request that says "now"; it runs at once. */
const LATE_INSTANT_MS = 5_000;

/**
 * When the job, made or changed now, is due for the first time; null while it is paused.
 *
 * @throws InvalidScheduleError when the schedule cannot be read, lies in the past by more than 5 s or never comes, paused or
 * not.
 */
export function firstExecutionTime(
  job: Pick<JobDescription, 'schedule' | 'timeZone' | 'isActive'>,
  nowMs: number,
): Date | null {
  const schedule = compileSchedule(job.schedule, job.timeZone);
  const nextMs = nextTimeAfter(schedule, schedule.kind === 'once' ? nowMs - LATE_INSTANT_MS : nowMs);
  if (nextMs === undefined) {
    throw new InvalidScheduleError(
      'schedule',
      schedule.kind === 'once'
        ? `${job.schedule} lies in the past; give an instant to come`
        : `no date ever matches ${job.schedule}; check its day of month and its month`,
    );
  }
  return job.isActive ? new Date(nextMs) : null;
}
