import { type DeletedPosition, purgeJobs } from '../db/purge-jobs.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { DAY_MS } from '../domain/day.ts';

const JOBS_PER_PAGE = 500;
/** The last executions of a deleted job are kept for up to two days more than the retention, because whole days are removed. */
const LAST_DAYS = 2;
const FIRST: DeletedPosition = { deletedAt: new Date(0), id: 0 };
/** After the last page, the next round is a day later. */
const ROUND_EVERY_MS = DAY_MS;

/**
 * Makes the step that removes the rows of jobs that were deleted, once their history is gone. Until then the history shows them. It
 * works in pages until the time is up, and continues in the next tick. Returns the number of removed rows.
 */
export function makePurgeJobs({
  pool,
  clock,
  retentionDays,
}: {
  pool: Pool;
  clock: Clock;
  retentionDays: number;
}): (now: Date, options: { untilMs: number }) => Promise<number> {
  let after = FIRST;
  let doneAtMs = -Infinity;
  return async (now, { untilMs }) => {
    if (now.getTime() - doneAtMs < ROUND_EVERY_MS) return 0;
    const deletedBefore = new Date(now.getTime() - (retentionDays + LAST_DAYS) * DAY_MS);
    let total = 0;
    do {
      const { purged, next } = await purgeJobs(pool, { deletedBefore, after, limit: JOBS_PER_PAGE });
      total += purged;
      after = next ?? FIRST;
      if (next === undefined) doneAtMs = now.getTime();
    } while (after !== FIRST && clock.nowMs() < untilMs);
    return total;
  };
}
