import { deleteOldKeys } from '../db/idempotency-keys.ts';
import type { Queryable } from '../db/pool.ts';
import { KEY_KEPT_MS } from './claim-request.ts';

const KEYS_PER_BATCH = 5_000;
/** The maximum number of batches in one tick: enough for 1,600 requests per second, and a second or two of work. */
const MAX_BATCHES = 20;

/** Removes idempotency keys after a day. Returns their number. The next tick continues if there are more. */
export function makePruneIdempotencyKeys({ pool }: { pool: Queryable }): (now: Date) => Promise<number> {
  return async (now) => {
    const expiredAt = new Date(now.getTime() - KEY_KEPT_MS);
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const deleted = await deleteOldKeys(pool, expiredAt, KEYS_PER_BATCH);
      total += deleted;
      if (deleted < KEYS_PER_BATCH) break;
    }
    return total;
  };
}
