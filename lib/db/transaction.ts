import { isConnectionLost, isRetryable, toLastError } from './errors.ts';
import type { Pool, Queryable } from './pool.ts';

const MAX_TRIES = 3;

/**
 * Runs `work` in one transaction (READ COMMITTED) and returns its result once it is committed. A deadlock or
 * serialisation failure runs it again, so `work` must have no effect but through `tx`.
 *
 * @throws {UnavailableError} when it has come three times.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  return runRepeatedly(pool, 'change', work);
}

/**
 * The same for reading alone: every statement sees the database as the first one did, and none can change it. It keeps
 * what dies meanwhile from being vacuumed, so it must not take long.
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
    // After a query error that `work` swallowed, COMMIT succeeds and rolls back.
    if (committed.command !== 'COMMIT') throw new Error(`the transaction ended with ${committed.command}`);
    return result;
  } catch (error) {
    isBroken = isConnectionLost(error) || !(await rollBack(client));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Whether the connection is usable afterwards. */
async function rollBack(client: Queryable): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    // The connection is gone and the server rolls back by itself; the first error is the one to report.
    return false;
  }
}
