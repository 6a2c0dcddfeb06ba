import { insertAuditEntry } from '../db/audit-log.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { AuditEntry, By } from '../domain/audit-log.ts';
import type { KeepAnswer } from './claim-request.ts';

type Entry = Pick<AuditEntry, 'action' | 'subject' | 'subjectId' | 'after'>;

/**
 * Does work that the triggers of the audit log do not see, in one transaction with its entry in the log and with the answer for
 * an idempotency key. Nothing is written for work whose result is undefined.
 *
 * @param options.entryOf makes the entry from the result. Undefined: the work has changed nothing.
 */
export async function audited<Result extends object | undefined>(
  pool: Pool,
  options: {
    by: By | undefined;
    now: Date;
    entryOf: (result: Exclude<Result, undefined>) => Entry | undefined;
    keepAnswer: KeepAnswer<Exclude<Result, undefined>>;
  },
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  const { by, now, entryOf, keepAnswer } = options;
  return inTransaction(
    pool,
    async (tx) => {
      const result = await work(tx);
      if (!isDone(result)) return result;
      const entry = entryOf(result);
      if (entry !== undefined) await insertAuditEntry(tx, entry, now);
      await keepAnswer?.(tx, result);
      return result;
    },
    { by },
  );
}

const isDone = <Result>(result: Result): result is Exclude<Result, undefined> => result !== undefined;
