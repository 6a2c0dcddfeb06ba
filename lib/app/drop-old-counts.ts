import { countTables, dropIdleGroups, dropOldCounts, ROWS_PER_DROP } from '../db/drop-old-counts.ts';
import { dropOldHostOutcomes } from '../db/host-outcomes.ts';
import type { Pool } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';
import { HOST_PERIOD_MS, HOST_PERIODS } from '../domain/host-summary.ts';
import { keptFromMs, periodsSeconds } from '../domain/roll-up/periods.ts';
import { GROUP_EXPIRES_AFTER_DAYS } from '../domain/roll-up/series.ts';

const EVERY_MS = 3_600_000;

/** Deletes counts that are older than their retention. Returns the number of deleted rows. */
export type DropOldCounts = (now: Date) => Promise<number>;

/**
 * Runs once per hour in each environment, and again in the next tick if there were more old rows than one statement deletes.
 */
export function makeDropOldCounts({ pool }: { pool: Pool }): DropOldCounts {
  let doneAtMs = -Infinity;
  return async (now) => {
    const nowMs = now.getTime();
    if (nowMs - doneAtMs < EVERY_MS) return 0;
    let dropped = 0;
    let isComplete = true;
    for (const period of periodsSeconds) {
      const before = new Date(keptFromMs(period, nowMs));
      for (const table of countTables) {
        const rows = await dropOldCounts(pool, table, period, before);
        dropped += rows;
        if (rows === ROWS_PER_DROP) isComplete = false;
      }
    }
    const ofHosts = await dropOldHostOutcomes(
      pool,
      new Date(nowMs - (HOST_PERIODS + 1) * HOST_PERIOD_MS),
      ROWS_PER_DROP,
    );
    dropped += ofHosts;
    if (ofHosts === ROWS_PER_DROP) isComplete = false;
    await dropIdleGroups(pool, new Date(nowMs - GROUP_EXPIRES_AFTER_DAYS * DAY_MS));
    if (isComplete) doneAtMs = nowMs;
    return dropped;
  };
}
