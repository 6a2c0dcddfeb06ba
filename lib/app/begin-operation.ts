import { insertAuditEntry } from '../db/audit-log.ts';
import { findOperation, insertOperation } from '../db/operations.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { OperationNotFoundError } from '../domain/errors.ts';
import type { Operation } from '../domain/operation.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { RunOperations } from './run-operations.ts';

/** How long the request that starts an operation works on it. The ticks do the rest. */
const FIRST_WORK_MS = 2_000;

/** Stores an operation with its entry in the audit log, and works on it for up to 2 s. */
export type BeginOperation = (
  operation: Parameters<typeof insertOperation>[1],
  nowMs: number,
  keepAnswer: KeepAnswer<Operation> | undefined,
) => Promise<Operation>;

export type BeginOperationDeps = {
  pool: Pool;
  runOperations: RunOperations;
  /** Turns on the minute tick if it is off. Undefined if it is never turned off. */
  ensureTicks: ((dueMs: number) => Promise<unknown>) | undefined;
};

export function makeBeginOperation({ pool, runOperations, ensureTicks }: BeginOperationDeps): BeginOperation {
  return async (operation, nowMs, keepAnswer) => {
    const now = new Date(nowMs);
    const stored = await inTransaction(
      pool,
      async (tx) => {
        const started = await insertOperation(tx, operation, now);
        const entry = { action: 'OPERATION_STARTED', subject: 'operation', subjectId: started.id } as const;
        await insertAuditEntry(tx, { ...entry, after: describeStart(started) }, now);
        await keepAnswer?.(tx, started);
        return started;
      },
      { by: operation.by },
    );
    await Promise.all([
      ensureTicks?.(nowMs),
      runOperations({ untilMs: nowMs + FIRST_WORK_MS, id: stored.id }),
    ]);
    // A repeated request gets the stored answer, so the first one gets the same.
    return keepAnswer === undefined ? getOperation(pool, stored.id) : stored;
  };
}

/** Returns the fields of the audit log: the action, and the fields that belong to it. */
function describeStart({ action, filter, tags, group, spread, redrive }: Operation) {
  return {
    action,
    ...(redrive === null && { filter }),
    ...(action === 'tag' && { tags }),
    ...(action === 'group' && { group }),
    ...(spread !== null && { spread }),
    ...(redrive !== null && { redrive }),
  };
}

/** @throws OperationNotFoundError */
export async function getOperation(pool: Pool, id: number): Promise<Operation> {
  const operation = await findOperation(pool, id);
  if (operation === undefined) throw new OperationNotFoundError(id);
  return operation;
}
