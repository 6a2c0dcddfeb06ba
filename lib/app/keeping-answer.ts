import type { Pool, Queryable } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { KeepAnswer } from './claim-request.ts';

/**
 * Does work of one statement. For a request with an idempotency key, it does the work in a transaction that also stores the
 * answer. Nothing is stored for work whose result is undefined.
 */
export async function keepingAnswer<Result>(
  pool: Pool,
  keepAnswer: KeepAnswer<NonNullable<Result>>,
  work: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  if (keepAnswer === undefined) return work(pool);
  return inTransaction(pool, async (tx) => {
    const result = await work(tx);
    if (result !== undefined && result !== null) await keepAnswer(tx, result);
    return result;
  });
}
