import { deleteOldAttempts } from '../db/attempts.ts';
import type { Queryable } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';

const ATTEMPTS_PER_BATCH = 5_000;
/** The maximum number of batches in one tick: 50 million attempts per day, and no tick becomes slow. */
const MAX_BATCHES = 8;

/** Removes the attempts of days that are older than the retention of the history. The next tick continues if there are more. */
export function makePruneAttempts({ pool, retentionDays }: { pool: Queryable; retentionDays: number }) {
  return async (now: Date): Promise<number> => {
    const todayMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
    const before = new Date(todayMs - retentionDays * DAY_MS);
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const deleted = await deleteOldAttempts(pool, before, ATTEMPTS_PER_BATCH);
      total += deleted;
      if (deleted < ATTEMPTS_PER_BATCH) break;
    }
    return total;
  };
}
