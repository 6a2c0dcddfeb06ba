import type { NewExecution } from '../db/dispatch-executions.ts';
import type { DueSchedule } from '../db/job-schedules.ts';
import type { DispatchedJob } from '../db/job-requests.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import { planOccurrences, type OccurrencePlan } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { SkippedOfJob } from './record-skipped.ts';

export type BatchPlan = {
  executions: NewExecution[];
  /** The occurrences that a misfire leaves out. */
  skipped: SkippedOfJob[];
  advanced: DueSchedule[];
  finishedJobIds: number[];
  /** Jobs whose schedule is no longer valid. They must be put off, so that they do not delay other jobs. */
  unreadableJobIds: number[];
};

export type BatchWindow = {
  nowMs: number;
  horizonMs: number;
  misfireAfterMs: number;
  occurrencesPerSchedule: number;
};

/**
 * Plans a batch of due schedules: the executions to write, the occurrences that are left out, and the next execution
 * time of each schedule.
 */
export function planBatch(
  due: readonly DueSchedule[],
  jobs: ReadonlyMap<number, DispatchedJob>,
  window: BatchWindow,
): BatchPlan {
  const plan: BatchPlan = {
    executions: [],
    skipped: [],
    advanced: [],
    finishedJobIds: [],
    unreadableJobIds: [],
  };
  for (const { jobId, nextExecutionTime } of due) {
    const job = jobs.get(jobId);
    if (job === undefined) throw new Error(`the schedule of job ${jobId} has no job`);
    const occurrences = planOne(job, nextExecutionTime.getTime(), window);
    if (occurrences === undefined) {
      plan.unreadableJobIds.push(jobId);
      continue;
    }
    for (const occurrenceMs of occurrences.occurrencesMs) {
      plan.executions.push({ jobId, jobRevision: job.revision, executionTime: new Date(occurrenceMs) });
    }
    const { skipped } = occurrences;
    if (skipped !== undefined) {
      const { revision: jobRevision, schedule, timeZone } = job;
      plan.skipped.push({ jobId, jobRevision, schedule, timeZone, skipped });
    }
    if (occurrences.nextMs === undefined) plan.finishedJobIds.push(jobId);
    else plan.advanced.push({ jobId, nextExecutionTime: new Date(occurrences.nextMs) });
  }
  return plan;
}

function planOne(job: DispatchedJob, nextMs: number, window: BatchWindow): OccurrencePlan | undefined {
  try {
    return planOccurrences(compileSchedule(job.schedule, job.timeZone), {
      ...window,
      nextMs,
      isRecurring: job.isRecurring,
      limit: window.occurrencesPerSchedule,
    });
  } catch (error) {
    if (error instanceof InvalidScheduleError || error instanceof RangeError) return undefined;
    throw error;
  }
}
