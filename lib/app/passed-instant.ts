import { hasExecutionAt } from '../db/execution-history.ts';
import type { Queryable } from '../db/pool.ts';
import type { NewJob } from '../domain/job.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';

/**
 * Tells whether the job's only instant has passed and is not new to the job. The job either keeps the instant, or
 * returns to one that was dispatched, as when CloudFormation rolls a stack back. This is correct, and the job has no
 * next execution. An instant in the past that is new to the job is an error.
 *
 * @param before the previous state of the job, which may be deleted.
 * @throws InvalidScheduleError
 */
export async function hadPassedInstant(
  tx: Queryable,
  before: { id: number; schedule: string },
  job: Pick<NewJob, 'schedule' | 'timeZone'>,
  now: Date,
): Promise<boolean> {
  const schedule = compileSchedule(job.schedule, job.timeZone);
  if (schedule.kind !== 'once' || schedule.atMs > now.getTime()) return false;
  return before.schedule === job.schedule || hasExecutionAt(tx, before.id, new Date(schedule.atMs));
}
