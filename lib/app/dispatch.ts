import type { Clock } from '../domain/clock.ts';
import { planOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { planWakeUps, type JobsBySecond } from '../domain/wake-up-plan.ts';
import { insertExecutions, type DispatchedExecution, type NewExecution } from '../db/dispatch-executions.ts';
import {
  advanceSchedules,
  deleteSchedules,
  lockDueSchedules,
  lockDueSchedulesOfJobs,
  type DueSchedule,
} from '../db/job-schedules.ts';
import { findDispatchedJobs, type DispatchedJob } from '../db/jobs.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Queue, QueueEntry } from '../redis/queue.ts';
import type { PublishWakeUps } from '../sqs/publish-wake-ups.ts';
import { toPayload } from './execution-payload.ts';

export type DispatchSettings = {
  lookAheadMs: number;
  /** A schedule further behind than this runs what it missed once. */
  misfireAfterMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** Schedules a transaction takes. */
  schedulesPerBatch: number;
  /** Occurrences of one schedule a transaction takes: what is left comes with the next batch. */
  occurrencesPerSchedule: number;
};

export type DispatchDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  settings: DispatchSettings;
};

export type DispatchedBatch = { schedules: number; executions: number };

/** Dispatches one batch of what is due by the horizon: of all schedules, or of the jobs given. */
export type DispatchBatch = (options: {
  horizonMs: number;
  jobIds?: readonly number[];
  planned: JobsBySecond;
}) => Promise<DispatchedBatch>;

/**
 * A batch is one transaction in PostgreSQL (executions written, schedules advanced), then the queue, then the wake-ups.
 * A crash after the transaction costs time, no execution: the reconciliation finds what the queue does not know.
 */
export function makeDispatchBatch(deps: DispatchDeps): DispatchBatch {
  const { pool, queue, publishWakeUps, clock, settings } = deps;

  return async ({ horizonMs, jobIds, planned }) => {
    const nowMs = clock.nowMs();
    const horizon = new Date(horizonMs);
    const batch = await inTransaction(pool, async (tx) => {
      const due =
        jobIds === undefined
          ? await lockDueSchedules(tx, horizon, settings.schedulesPerBatch)
          : await lockDueSchedulesOfJobs(tx, jobIds, horizon, settings.schedulesPerBatch);
      if (due.length === 0) return { schedules: 0, jobs: new Map<number, DispatchedJob>(), dispatched: [] };
      // A statement of its own, after the lock: it sees every change that was committed before the lock was had.
      const jobs = await findDispatchedJobs(
        tx,
        due.map((schedule) => schedule.jobId),
      );
      const plan = planBatch(due, jobs, { nowMs, horizonMs, settings });
      const dispatched = await insertExecutions(tx, plan.executions, new Date(nowMs));
      await advanceSchedules(tx, plan.advanced);
      await deleteSchedules(tx, plan.finishedJobIds);
      return { schedules: due.length, jobs, dispatched };
    });
    const entries = toEntries(batch.dispatched, batch.jobs);
    await queue.enqueue(entries, { nowMs });
    await publishWakeUps(
      planWakeUps(
        entries.map((entry) => entry.dueMs),
        planned,
        { nowMs, leadMs: settings.wakeUpLeadMs, jobsPerWakeUp: settings.jobsPerWakeUp },
      ),
    );
    return { schedules: batch.schedules, executions: batch.dispatched.length };
  };
}

function planBatch(
  due: readonly DueSchedule[],
  jobs: ReadonlyMap<number, DispatchedJob>,
  { nowMs, horizonMs, settings }: { nowMs: number; horizonMs: number; settings: DispatchSettings },
): { executions: NewExecution[]; advanced: DueSchedule[]; finishedJobIds: number[] } {
  const executions: NewExecution[] = [];
  const advanced: DueSchedule[] = [];
  const finishedJobIds: number[] = [];
  for (const { jobId, nextExecutionTime } of due) {
    const job = jobs.get(jobId);
    if (job === undefined) throw new Error(`schedule of job ${jobId} has no job`);
    const plan = planOccurrences(compileSchedule(job.schedule, job.timeZone), {
      nextMs: nextExecutionTime.getTime(),
      nowMs,
      horizonMs,
      misfireAfterMs: settings.misfireAfterMs,
      isRecurring: job.isRecurring,
      limit: settings.occurrencesPerSchedule,
    });
    for (const occurrenceMs of plan.occurrencesMs) {
      executions.push({ jobId, jobRevision: job.revision, executionTime: new Date(occurrenceMs) });
    }
    if (plan.nextMs === undefined) finishedJobIds.push(jobId);
    else advanced.push({ jobId, nextExecutionTime: new Date(plan.nextMs) });
  }
  return { executions, advanced, finishedJobIds };
}

function toEntries(
  dispatched: readonly DispatchedExecution[],
  jobs: ReadonlyMap<number, DispatchedJob>,
): QueueEntry[] {
  return dispatched.flatMap(({ id, jobId, executionTime }) => {
    const job = jobs.get(jobId);
    if (job === undefined) return [];
    const payload = toPayload({ ...job, jobId, executionTime });
    return [
      { id, dueMs: executionTime.getTime(), payload: JSON.stringify(payload), queue: 'scheduled' as const },
    ];
  });
}
