import { hasExecutionAt } from '../db/execution-history.ts';
import type { Queryable } from '../db/pool.ts';
import type { NewJob } from '../domain/job.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';

/**
 * Whether the job is for one instant, which has passed, and which it had before: it kept it, or goes back to one that was
 * dispatched, as CloudFormation does when it rolls a stack back. Then there is nothing to come and nothing wrong; an
 * instant that is new to the job and lies in the past is a mistake.
 *
 * @param before the job as it was, which may be one that was deleted. @throws InvalidScheduleError
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
