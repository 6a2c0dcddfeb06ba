import { deleteOldAuditLog } from '../db/audit-log.ts';
import type { Queryable } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';

const ENTRIES_PER_BATCH = 5_000;
/** The maximum number of batches in one tick, so that a shorter retention does not make a tick slow. */
const MAX_BATCHES = 4;

/** Removes entries that are older than the retention. Returns their number. The next tick continues if there are more. */
export type PruneAuditLog = (now: Date) => Promise<number>;

export function makePruneAuditLog({
  pool,
  auditRetentionDays,
}: {
  pool: Queryable;
  auditRetentionDays: number;
}): PruneAuditLog {
  return async (now) => {
    const before = new Date(now.getTime() - auditRetentionDays * DAY_MS);
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const deleted = await deleteOldAuditLog(pool, before, ENTRIES_PER_BATCH);
      total += deleted;
      if (deleted < ENTRIES_PER_BATCH) break;
    }
    return total;
  };
}
