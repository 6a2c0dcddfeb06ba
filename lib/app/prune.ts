import type { Queryable } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';

const ROWS_PER_BATCH = 5_000;
/** The maximum number of batches in one tick, so that a shorter retention does not make a tick slow. */
const MAX_BATCHES = 4;

/** Deletes the oldest rows from before an instant, at most `limit`, and returns their number. */
export type DeleteOld = (db: Queryable, before: Date, limit: number) => Promise<number>;

/**
 * Makes the function that removes rows that are older than a retention, in bounded batches. It returns their number. The next
 * tick continues if there are more.
 */
export function makePrune(deps: {
  pool: Queryable;
  retentionDays: number;
  deleteOld: DeleteOld;
}): (now: Date) => Promise<number> {
  const { pool, retentionDays, deleteOld } = deps;
  return async (now) => {
    const before = new Date(now.getTime() - retentionDays * DAY_MS);
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const deleted = await deleteOld(pool, before, ROWS_PER_BATCH);
      total += deleted;
      if (deleted < ROWS_PER_BATCH) break;
    }
    return total;
  };
}
