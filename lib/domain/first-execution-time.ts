import { InvalidScheduleError } from './errors.ts';
import type { JobDescription } from './job.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import { compileSchedule } from './schedule/parse-schedule.ts';

/** An instant that has passed by no more than this runs at once: a request for "now" takes some time to arrive. */
const LATE_INSTANT_MS = 5_000;

/**
 * Returns the first execution time of a job that is created or changed now, or null if it is paused.
 *
 * @throws InvalidScheduleError when the schedule is invalid, more than 5 s in the past, or has no future time. This
 * also applies to paused jobs.
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
        ? `${job.schedule} is in the past; use an instant in the future`
        : `no date ever matches ${job.schedule}; check its day of month and its month`,
    );
  }
  return job.isActive ? new Date(nextMs) : null;
}
