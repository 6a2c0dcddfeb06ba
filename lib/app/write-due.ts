import { insertExecutions } from '../db/dispatch-executions.ts';
import type { Queryable } from '../db/pool.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import type { JobDescription } from '../domain/job.ts';
import { type OccurrencePlan, planOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { timings } from '../topology.ts';
import { recordSkipped, type SkippedOfJob } from './record-skipped.ts';

/** The maximum number of occurrences, one per second, that a schedule can have before it counts as a misfire. */
const MAX_OCCURRENCES = timings.misfireAfterMs / 1_000 + 1;

type DueJob = Pick<JobDescription, 'schedule' | 'timeZone' | 'isRecurring'> & {
  id: number;
  revision: number;
};

/**
 * Writes the executions of due occurrences that no tick has dispatched yet, before a change of the jobs removes their
 * schedules, and records the occurrences that a misfire leaves out. The next tick queues the executions. Call it in the
 * transaction that has locked the jobs and their schedules.
 *
 * @param jobs jobs with the next execution time of their schedule.
 * @returns the next execution time of each job afterwards; none for a job without one.
 */
export async function writeDue(
  tx: Queryable,
  jobs: readonly { job: DueJob; next: Date | null }[],
  now: Date,
): Promise<Map<number, Date>> {
  const nextTimes = new Map<number, Date>();
  const skipped: SkippedOfJob[] = [];
  const executions = jobs.flatMap(({ job, next }) => {
    const plan = next === null || next > now ? undefined : planDue(job, next, now);
    const nextTime = plan === undefined ? next : toDate(plan.nextMs);
    if (nextTime !== null) nextTimes.set(job.id, nextTime);
    if (plan?.skipped !== undefined) {
      const { id: jobId, revision: jobRevision, schedule, timeZone } = job;
      skipped.push({ jobId, jobRevision, schedule, timeZone, skipped: plan.skipped });
    }
    return (plan?.occurrencesMs ?? []).map((ms) => ({
      jobId: job.id,
      jobRevision: job.revision,
      executionTime: new Date(ms),
    }));
  });
  if (executions.length > 0) await insertExecutions(tx, executions, now, 'API');
  await recordSkipped(tx, skipped, now, 'API');
  return nextTimes;
}

const toDate = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** Plans the due occurrences. Returns undefined if the schedule is no longer valid, so that they are unknown. */
function planDue(job: DueJob, next: Date, now: Date): OccurrencePlan | undefined {
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
