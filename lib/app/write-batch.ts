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

/** A schedule that can no longer be read (its time zone is gone, say) is looked at again this much later. */
const UNREADABLE_AGAIN_MS = 3_600_000;

export type BatchSettings = {
  /** A schedule further behind than this runs what it missed once. */
  misfireAfterMs: number;
  /** Schedules that one transaction takes. */
  schedulesPerBatch: number;
  /** Occurrences of one schedule that one transaction takes. The next batch takes more of them. */
  occurrencesPerSchedule: number;
};

export type WrittenBatch = Written & {
  /** When the batch was written, in epoch milliseconds. */
  nowMs: number;
  schedules: number;
  /** Whether another batch may find something due by the horizon. */
  hasMore: boolean;
};

/** Writes one batch of the executions due by the horizon: of all schedules, or of the given jobs alone. */
export type WriteBatch = (options: {
  horizonMs: number;
  jobIds?: readonly number[] | undefined;
}) => Promise<WrittenBatch>;

/** A batch is one transaction in PostgreSQL: it writes executions and advances their schedules. */
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
      // A statement of its own, after the lock: it sees every change that was committed before the lock was had.
      const jobs = await findDispatchedJobs(
        tx,
        due.map((schedule) => schedule.jobId),
      );
      const plan = planBatch(due, jobs, { ...settings, nowMs, horizonMs });
      if (plan.unreadableJobIds.length > 0)
        logger.error('schedules_unreadable', { jobIds: plan.unreadableJobIds });
      const executions = await insertExecutions(tx, plan.executions, new Date(nowMs));
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
