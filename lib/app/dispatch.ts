import type { Clock } from '../domain/clock.ts';
import { planWakeUps, type JobsBySecond } from '../domain/wake-up-plan.ts';
import { insertExecutions, type DispatchedExecution } from '../db/dispatch-executions.ts';
import {
  advanceSchedules,
  deleteSchedules,
  lockDueSchedules,
  lockDueSchedulesOfJobs,
  putOffSchedules,
} from '../db/job-schedules.ts';
import { findDispatchedJobs, type DispatchedJob } from '../db/job-requests.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Queue, QueueEntry } from '../redis/queue.ts';
import type { PublishWakeUps } from '../sqs/publish-wake-ups.ts';
import type { Logger } from '../logger.ts';
import { toBatches } from '../redis/batches.ts';
import { makePayloadText } from './execution-payload.ts';
import type { PartAttempts } from './part-attempts.ts';
import { planBatch } from './plan-batch.ts';

/** A schedule that can no longer be read (its time zone is gone, say) is looked at again this much later. */
const UNREADABLE_AGAIN_MS = 3_600_000;

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
  logger: Logger;
  settings: DispatchSettings;
};

export type DispatchedBatch = {
  schedules: number;
  executions: number;
  /** Whether another batch may find something due by the horizon. */
  hasMore: boolean;
};

/** Payloads have 5 KB at most; those of a whole batch, 20,000, must not be in memory at once. */
const ENQUEUED_AT_ONCE = 2_000;

/** Dispatches one batch of the executions due by the horizon: of all schedules, or of the jobs given. */
export type DispatchBatch = (options: {
  horizonMs: number;
  jobIds?: readonly number[];
  /** Carried through the batches of one run. */
  planned: JobsBySecond;
  /** Says which of Redis and SQS this run does without, as they failed before. */
  attempts: PartAttempts;
}) => Promise<DispatchedBatch>;

/**
 * A batch is one transaction in PostgreSQL (executions written, schedules advanced), then the queue, then the wake-ups.
 * A crash after the transaction, or a Redis or SQS that is away, costs time and no execution: the reconciliation finds
 * executions that the queue does not know.
 */
export function makeDispatchBatch(deps: DispatchDeps): DispatchBatch {
  const { pool, queue, publishWakeUps, clock, logger, settings } = deps;

  const deliver = async (
    entries: readonly QueueEntry[],
    run: { nowMs: number; planned: JobsBySecond; attempts: PartAttempts },
  ): Promise<void> => {
    const { tryPart } = run.attempts;
    const queued = await tryPart('Redis', () => queue.enqueue(entries, { nowMs: run.nowMs }));
    // Workers would find nothing. Whoever queues the executions later wakes workers for them.
    if (queued === undefined) return;
    const wakeUps = planWakeUps(
      entries.map((entry) => entry.dueMs),
      run.planned,
      // The time it is by now: SQS counts a delay from the moment it gets the message.
      { nowMs: clock.nowMs(), leadMs: settings.wakeUpLeadMs, jobsPerWakeUp: settings.jobsPerWakeUp },
    );
    await tryPart('SQS', () => publishWakeUps(wakeUps));
  };

  return async ({ horizonMs, jobIds, planned, attempts }) => {
    const nowMs = clock.nowMs();
    const window = { now: new Date(nowMs), horizon: new Date(horizonMs) };
    const batch = await inTransaction(pool, async (tx) => {
      const due =
        jobIds === undefined
          ? await lockDueSchedules(tx, window, settings.schedulesPerBatch)
          : await lockDueSchedulesOfJobs(tx, jobIds, window, settings.schedulesPerBatch);
      if (due.length === 0)
        return { schedules: 0, jobs: new Map<number, DispatchedJob>(), dispatched: [], hasMore: false };
      // A statement of its own, after the lock: it sees every change that was committed before the lock was had.
      const jobs = await findDispatchedJobs(
        tx,
        due.map((schedule) => schedule.jobId),
      );
      const plan = planBatch(due, jobs, { ...settings, nowMs, horizonMs });
      if (plan.unreadableJobIds.length > 0)
        logger.error('schedules_unreadable', { jobIds: plan.unreadableJobIds });
      const dispatched = await insertExecutions(tx, plan.executions, new Date(nowMs));
      await advanceSchedules(tx, plan.advanced);
      await putOffSchedules(tx, plan.unreadableJobIds, new Date(nowMs + UNREADABLE_AGAIN_MS));
      await deleteSchedules(tx, plan.finishedJobIds);
      const hasMore =
        due.length === settings.schedulesPerBatch ||
        plan.advanced.some(({ nextExecutionTime }) => nextExecutionTime.getTime() <= horizonMs);
      return { schedules: due.length, jobs, dispatched, hasMore };
    });
    const { schedules, hasMore } = batch;
    const toEntry = makeToEntry(batch.jobs);
    for (const executions of toBatches(batch.dispatched, { limit: ENQUEUED_AT_ONCE })) {
      await deliver(executions.map(toEntry), { nowMs, planned, attempts });
    }
    return { schedules, executions: batch.dispatched.length, hasMore };
  };
}

function makeToEntry(
  jobs: ReadonlyMap<number, DispatchedJob>,
): (execution: DispatchedExecution) => QueueEntry {
  const texts = new Map([...jobs].map(([jobId, job]) => [jobId, makePayloadText({ ...job, jobId })]));
  return ({ id, jobId, executionTime }) => {
    const payloadAt = texts.get(jobId);
    if (payloadAt === undefined) throw new Error(`execution ${id} is of job ${jobId}, which was not read`);
    const payload = payloadAt(executionTime);
    return { id, dueMs: executionTime.getTime(), payload, queue: 'scheduled' };
  };
}
