import type { Clock } from '../domain/clock.ts';
import { insertExecutions } from '../db/dispatch-executions.ts';
import {
  advanceSchedules,
  deleteSchedules,
  lockDueSchedules,
  lockDueSchedulesOfJobs,
  putOffSchedules,
} from '../db/job-schedules.ts';
import { findDispatchedJobs } from '../db/job-requests.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Logger } from '../logger.ts';
import type { Written } from './deliver.ts';
import { planBatch } from './plan-batch.ts';
import { recordSkipped } from './record-skipped.ts';

/**
 * A schedule that is no longer valid (for example because its time zone was removed) is tried again after this time.
 */
const UNREADABLE_AGAIN_MS = 3_600_000;

export type BatchSettings = {
  /** A schedule that is further behind than this runs only the latest of its missed occurrences. The others are SKIPPED. */
  misfireAfterMs: number;
  /** The maximum number of schedules per transaction. */
  schedulesPerBatch: number;
  /** The maximum number of occurrences of one schedule per transaction. The next batch continues with later ones. */
  occurrencesPerSchedule: number;
};

export type WrittenBatch = Written & {
  /** When the batch was written, in epoch milliseconds. */
  nowMs: number;
  schedules: number;
  /** Whether another batch may find more due schedules. */
  hasMore: boolean;
};

/** Writes one batch of executions that are due by the horizon, for all schedules or only for the given jobs. */
export type WriteBatch = (options: {
  horizonMs: number;
  jobIds?: readonly number[] | undefined;
}) => Promise<WrittenBatch>;

/** Writes executions and advances their schedules. A batch is one transaction in PostgreSQL. */
export function makeWriteBatch(deps: {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  settings: BatchSettings;
}): WriteBatch {
  const { pool, clock, logger, settings } = deps;
  return async ({ horizonMs, jobIds }) => {
    const nowMs = clock.nowMs();
    const window = { now: new Date(nowMs), horizon: new Date(horizonMs) };
    return inTransaction(pool, async (tx) => {
      const due =
        jobIds === undefined
          ? await lockDueSchedules(tx, window, settings.schedulesPerBatch)
          : await lockDueSchedulesOfJobs(tx, jobIds, window, settings.schedulesPerBatch);
      if (due.length === 0) return { nowMs, schedules: 0, jobs: new Map(), executions: [], hasMore: false };
      // This is a separate statement after the lock, so that it sees every change that was committed before the lock
      // was taken.
      const jobs = await findDispatchedJobs(
        tx,
        due.map((schedule) => schedule.jobId),
      );
      const plan = planBatch(due, jobs, { ...settings, nowMs, horizonMs });
      if (plan.unreadableJobIds.length > 0)
        logger.error('schedules_unreadable', { jobIds: plan.unreadableJobIds });
      const by = jobIds === undefined ? 'TICK' : 'API';
      const executions = await insertExecutions(tx, plan.executions, new Date(nowMs), by);
      await recordSkipped(tx, plan.skipped, new Date(nowMs), by);
      await advanceSchedules(tx, plan.advanced);
      await putOffSchedules(tx, plan.unreadableJobIds, new Date(nowMs + UNREADABLE_AGAIN_MS));
      await deleteSchedules(tx, plan.finishedJobIds);
      const hasMore =
        due.length === settings.schedulesPerBatch ||
        plan.advanced.some(({ nextExecutionTime }) => nextExecutionTime.getTime() <= horizonMs);
      return { nowMs, schedules: due.length, jobs, executions, hasMore };
    });
  };
}
