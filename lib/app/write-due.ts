import { insertExecutions } from '../db/dispatch-executions.ts';
import type { Queryable } from '../db/pool.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import type { JobDescription } from '../domain/job.ts';
import { planOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { timings } from '../topology.ts';

/** The maximum number of occurrences, one per second, that a schedule can have before it counts as a misfire. */
const MAX_OCCURRENCES = timings.misfireAfterMs / 1_000 + 1;

type DueJob = Pick<JobDescription, 'schedule' | 'timeZone' | 'isRecurring'> & {
  id: number;
  revision: number;
};

/**
 * Writes the executions of due occurrences that no tick has dispatched yet, before a change of the job removes their
 * schedule. The next tick queues them. Call it in the transaction that has locked the job and its schedule.
 *
 * @param next the next execution time of the schedule.
 * @returns the next execution time afterwards, or null if there is none.
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
  await insertExecutions(tx, executions, now, 'API');
  return plan.nextMs === undefined ? null : new Date(plan.nextMs);
}

/** Plans the due occurrences. Returns undefined if the schedule is no longer valid, so that they are unknown. */
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
