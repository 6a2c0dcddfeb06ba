import { InvalidScheduleError } from '../domain/errors.ts';
import type { JobDescription } from '../domain/job.ts';
import { nextTimeAfter } from '../domain/schedule/next-time.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';

/**
 * When the job, made or changed now, is due for the first time; null while it is paused.
 *
 * @throws InvalidScheduleError when the schedule cannot be read, lies in the past or never comes, paused or not.
 */
export function firstExecutionTime(
  job: Pick<JobDescription, 'schedule' | 'timeZone' | 'isActive'>,
  nowMs: number,
): Date | null {
  const schedule = compileSchedule(job.schedule, job.timeZone);
  const nextMs = nextTimeAfter(schedule, nowMs);
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
