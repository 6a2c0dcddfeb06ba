import { listMatchingJobIds } from '../db/match-jobs.ts';
import { lockRunnableOperation, saveProgress } from '../db/operations.ts';
import type { Pool } from '../db/pool.ts';
import { listFailedJobIds } from '../db/redrive-failures.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import { batchSize, operationLimits, PACED_AHEAD_MS, pacedUntil } from '../domain/operation.ts';
import type { ActOn } from './operation-actions.ts';

/** The jobs of one batch. An abort waits for at most one batch. */
const JOBS_PER_BATCH = 50;

/** Runs operations until there is nothing to do, or until the time is up. */
export type RunOperations = (options: {
  untilMs: number;
  /** Runs only this operation. */
  id?: number;
}) => Promise<void>;

/**
 * Runs operations in batches. A batch changes up to 50 jobs, saves how far the operation has come, and lets it go on only when
 * its rate allows. One process at a time runs an operation, because a batch holds the lock of its row.
 *
 * If the process dies in a batch, the next tick repeats the batch. A job that was paused or resumed before counts as skipped then.
 * One that was deleted, or that no longer matches the filter, is not counted. Manual runs and tags are stored in the transaction
 * that saves the progress, so that none comes twice.
 */
export function makeRunOperations(deps: { pool: Pool; clock: Clock; actOn: ActOn }): RunOperations {
  const { pool, clock, actOn } = deps;

  /** Returns false if no operation may go on. */
  const runBatch = async (id: number | undefined): Promise<boolean> => {
    const nowMs = clock.nowMs();
    const now = new Date(nowMs);
    const { hasRun, afterCommit } = await inTransaction(pool, async (tx) => {
      const operation = await lockRunnableOperation(tx, {
        pacedBy: new Date(nowMs + PACED_AHEAD_MS - 1),
        id,
      });
      if (operation === undefined) return { hasRun: false, afterCommit: undefined };
      const { afterJobId, maxJobId } = operation;
      const limit = batchSize(operation.pacedUntil, operation.ratePerSecond, nowMs, JOBS_PER_BATCH);
      const page = { afterId: afterJobId, maxId: maxJobId, limit };
      const { ids, lastId } =
        operation.redrive === null
          ? await listMatchingJobIds(tx, operation.filter, page, now)
          : await listFailedJobIds(tx, operation.redrive.failureGroupId, page);
      const result = await actOn(tx, operation, ids, now);
      const failures = [...operation.failures, ...result.failures].slice(0, operationLimits.failuresShown);
      await saveProgress(
        tx,
        operation.id,
        {
          afterJobId: lastId ?? maxJobId,
          pacedUntil: pacedUntil(operation.pacedUntil, ids.length, operation.ratePerSecond, nowMs),
          done: result.done,
          skipped: ids.length - result.done - result.failures.length,
          failed: result.failures.length,
          failures,
          isLast: lastId === null,
        },
        now,
      );
      return { hasRun: true, afterCommit: result.afterCommit };
    });
    await afterCommit?.();
    return hasRun;
  };

  return async ({ untilMs, id }) => {
    while (clock.nowMs() < untilMs && (await runBatch(id)));
  };
}
