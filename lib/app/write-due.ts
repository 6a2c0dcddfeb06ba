import { insertExecutions } from '../db/dispatch-executions.ts';
import type { Queryable } from '../db/pool.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import type { JobDescription } from '../domain/job.ts';
import { planOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { timings } from '../topology.ts';

/** As many as a schedule can have, one a second, before it counts as not served for long. */
const MAX_OCCURRENCES = timings.misfireAfterMs / 1_000 + 1;

type DueJob = Pick<JobDescription, 'schedule' | 'timeZone' | 'isRecurring'> & {
  id: number;
  revision: number;
};

/**
 * Writes the executions of occurrences that are due and that no tick has dispatched yet, before a change of the job
 * removes the schedule that they come from. The next tick queues them. Must run in the transaction that holds the job and
 * its schedule.
 *
 * @param next where the schedule stands. @returns where it stands afterwards; null when it has nothing to come.
 */
export async function writeDue(
  tx: Queryable,
  job: DueJob,
  next: Date | null,
  now: Date,
): Promise<Date | null> {
  if (next === null || next > now) return next;
  const plan = planDue(job, next, now);
  if (plan === undefined) return next;
  const executions = plan.occurrencesMs.map((ms) => ({
    jobId: job.id,
    jobRevision: job.revision,
    executionTime: new Date(ms),
  }));
  await insertExecutions(tx, executions, now);
  return plan.nextMs === undefined ? null : new Date(plan.nextMs);
}

/** Undefined when the schedule cannot be read any more: then nothing tells what is due. */
function planDue(job: DueJob, next: Date, now: Date) {
  try {
    return planOccurrences(compileSchedule(job.schedule, job.timeZone), {
      nextMs: next.getTime(),
      nowMs: now.getTime(),
      horizonMs: now.getTime(),
      misfireAfterMs: timings.misfireAfterMs,
      isRecurring: job.isRecurring,
      limit: MAX_OCCURRENCES,
    });
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}
