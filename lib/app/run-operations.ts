import { setBy } from '../db/audit-log.ts';
import { isLockTimeout } from '../db/errors.ts';
import { listMatchingJobIds } from '../db/match-jobs.ts';
import { lockRunnableOperation, saveProgress, type Step } from '../db/operations.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { listFailedJobIds } from '../db/redrive-failures.ts';
import { takeWhileFewOpen } from '../db/take-back-executions.ts';
import { inTransaction, waitForLocks } from '../db/transaction.ts';
import type { Clock } from '../domain/clock.ts';
import {
  batchSize,
  type Operation,
  type OperationAction,
  operationLimits,
  PACED_AHEAD_MS,
  pacedUntil,
  type Progress,
} from '../domain/operation.ts';
import type { ActionResult, ActOn } from './act-on.ts';

/** The jobs of one batch. An abort waits for at most one batch. */
const JOBS_PER_BATCH = 200;
/** A redrive reads the bodies of failed executions, of up to 1 MiB each. */
const REDRIVEN_PER_BATCH = 50;
/** The open executions that one batch takes back, unless a single job has more. A job that runs every second has hundreds. */
const OPEN_PER_BATCH = 5_000;
/** A batch gives up when another transaction holds one of its jobs for longer, so that it ends well before its tick does. */
const LOCK_WAIT_MS = 3_000;

/** The actions that take back open executions. */
const takesBack: ReadonlySet<OperationAction> = new Set(['pause', 'delete', 'spread']);

/** Runs operations until there is nothing to do, or until the time is up. */
export type RunOperations = (options: {
  untilMs: number;
  /** Runs only this operation. */
  id?: number;
}) => Promise<void>;

/**
 * Runs operations in batches. A batch is one transaction, which changes up to 200 jobs, saves the progress, and lets
 * the operation continue only when its rate allows. One process at a time runs an operation, because a batch holds the
 * lock of its row.
 *
 * If the process dies in a batch, nothing of the batch is stored, and the next tick does it. So does the next tick with
 * a batch that waits for a lock for too long. The batch that has begun when the time is up ends within seconds.
 */
export function makeRunOperations(deps: {
  pool: Pool;
  clock: Clock & { check: () => Promise<void> };
  actOn: ActOn;
}): RunOperations {
  const { pool, clock, actOn } = deps;

  /** Returns false if no operation may continue. */
  const runBatch = async (id: number | undefined): Promise<boolean> => {
    // Executions that are already due stay. The workers' clock decides which are due, so the check adopts its time.
    await clock.check();
    const nowMs = clock.nowMs();
    const now = new Date(nowMs);
    const { hasRun, afterCommit } = await inTransaction(pool, async (tx) => {
      const pacedBy = new Date(nowMs + PACED_AHEAD_MS - 1);
      const operation = await lockRunnableOperation(tx, { pacedBy, id });
      if (operation === undefined) return { hasRun: false, afterCommit: undefined };
      await waitForLocks(tx, LOCK_WAIT_MS);
      await setBy(tx, operation.by);
      const { ids, lastId } = await findBatch(tx, operation, now);
      const result = await actOn(tx, operation, ids, now);
      await saveProgress(tx, operation.id, stepOf(operation, { ids, lastId, result, nowMs }), now);
      return { hasRun: true, afterCommit: result.afterCommit };
    });
    await afterCommit?.();
    return hasRun;
  };

  return async ({ untilMs, id }) => {
    try {
      while (clock.nowMs() < untilMs && (await runBatch(id)));
    } catch (error) {
      // The next tick begins with the same batch.
      if (!isLockTimeout(error)) throw error;
    }
  };
}

type Batch = {
  ids: number[];
  /** The job after which the next batch continues. Null if this batch is the last. */
  lastId: number | null;
};

/** Finds the next jobs of an operation. */
async function findBatch(tx: Queryable, operation: Operation & Progress, now: Date): Promise<Batch> {
  const { action, afterJobId: afterId, maxJobId: maxId, ratePerSecond } = operation;
  const most = action === 'redrive' ? REDRIVEN_PER_BATCH : JOBS_PER_BATCH;
  const limit = batchSize(operation.pacedUntil, ratePerSecond, now.getTime(), most);
  const page = { afterId, maxId, limit };
  if (operation.redrive !== null) return listFailedJobIds(tx, operation.redrive.failureGroupId, page);
  const found = await listMatchingJobIds(tx, operation.filter, page, now);
  return takesBack.has(action) ? withFewOpen(tx, found) : found;
}

/** Leaves the last jobs to the next batch if the jobs have too many open executions together. */
async function withFewOpen(tx: Queryable, { ids, lastId }: Batch): Promise<Batch> {
  const few = await takeWhileFewOpen(tx, ids, OPEN_PER_BATCH);
  return { ids: few, lastId: few.length < ids.length ? (few.at(-1) ?? lastId) : lastId };
}

function stepOf(
  operation: Operation & Progress,
  { ids, lastId, result, nowMs }: Batch & { result: ActionResult; nowMs: number },
): Step {
  const { done, failures } = result;
  return {
    afterJobId: lastId ?? operation.maxJobId,
    pacedUntil: pacedUntil(operation.pacedUntil, ids.length, operation.ratePerSecond, nowMs),
    done,
    skipped: ids.length - done - failures.length,
    failed: failures.length,
    failures: [...operation.failures, ...failures].slice(0, operationLimits.failuresShown),
    isLast: lastId === null,
  };
}
