import type { By } from '../domain/audit-log.ts';
import { setBy } from './audit-log.ts';
import { isConnectionLost, isRetryable, toLastError } from './errors.ts';
import type { Pool, Queryable } from './pool.ts';

const MAX_TRIES = 3;

/**
 * Runs `work` in one transaction (READ COMMITTED), and returns its result after the commit. After a deadlock or a
 * serialisation failure, `work` runs again, so it must have effects only through `tx`.
 *
 * @param options.by the maker of the changes, for the audit log.
 * @throws {UnavailableError} after three deadlocks or serialisation failures.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (tx: Queryable) => Promise<T>,
  { by }: { by?: By | undefined } = {},
): Promise<T> {
  if (by === undefined) return runRepeatedly(pool, 'change', work);
  return runRepeatedly(pool, 'change', async (tx) => {
    await setBy(tx, by);
    return work(tx);
  });
}

/** Makes the statements of a transaction fail when one waits for a lock for longer. `isLockTimeout` knows the error. */
export async function waitForLocks(tx: Queryable, atMostMs: number): Promise<void> {
  await tx.query({
    name: 'wait_for_locks',
    text: `select set_config('lock_timeout', $1, true)`,
    values: [`${atMostMs}ms`],
  });
}

/**
 * Runs `work` in one read-only transaction, in which every statement reads the same snapshot. It should be short,
 * because rows that die in the meantime cannot be vacuumed.
 */
export async function inSnapshot<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return runRepeatedly(pool, 'read', work);
}

type Purpose = 'change' | 'read';

async function runRepeatedly<T>(
  pool: Pool,
  purpose: Purpose,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await runOnce(pool, purpose, work);
    } catch (error) {
      if (!isRetryable(error) || tries === MAX_TRIES) throw toLastError(error);
    }
  }
}

async function runOnce<T>(pool: Pool, purpose: Purpose, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    if (purpose === 'change') await client.query('begin');
    else await client.query('begin isolation level repeatable read read only');
    const result = await work(client);
    const committed = await client.query('commit');
    // If `work` ignored the error of a query, COMMIT succeeds, but rolls the transaction back.
    if (committed.command !== 'COMMIT') throw new Error(`the transaction ended with ${committed.command}`);
    return result;
  } catch (error) {
    isBroken = isConnectionLost(error) || !(await rollBack(client));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Rolls the transaction back. Returns whether the connection can still be used. */
async function rollBack(client: Queryable): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    // The connection is lost, and the server rolls back by itself. The caller reports the first error.
    return false;
  }
}
