import { deleteFromDefault, dropPartitions } from '../db/drop-partitions.ts';
import { ensurePartitions, partitionName, PartitionsMissingError } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';

/**
 * The number of days after today that have a partition. A scheduler that stops for two days needs no default partition.
 */
const DAYS_AHEAD = 3;
/** The maximum number of partitions to drop in one tick, so that a shorter retention does not make a tick slow. */
const MAX_DROPPED = 3;

export type RotatePartitions = {
  /**
   * Creates the partitions of the next days. Call it before the dispatch.
   *
   * @throws PartitionsMissingError when a partition cannot be created. It is not thrown if the default partition is
   * only locked and the missing partitions are for later days than tomorrow.
   */
  makeAhead: (now: Date) => Promise<void>;
  /** Drops the partitions that are older than the retention. Returns their number. */
  dropOld: (now: Date) => Promise<number>;
};

/**
 * Each step runs once per day (UTC) in the first tick of an environment, and again in the next tick if it was not
 * complete.
 */
export function makeRotatePartitions({
  pool,
  retentionDays,
}: {
  pool: Pool;
  /** The number of full days that executions are kept after the day of their execution time. */
  retentionDays: number;
}): RotatePartitions {
  let madeOn = '';
  let droppedOn = '';
  return {
    makeAhead: async (now) => {
      const today = dayOf(now);
      if (today === madeOn) return;
      const { missing } = await ensurePartitions(pool, now, DAYS_AHEAD);
      if (missing.length === 0) madeOn = today;
      const todayMs = Date.parse(today);
      const needed = [todayMs, todayMs + DAY_MS].map(partitionName).filter((name) => missing.includes(name));
      if (needed.length > 0)
        throw new PartitionsMissingError(needed, { cause: new Error('the default partition is locked') });
    },
    dropOld: async (now) => {
      const today = dayOf(now);
      if (today === droppedOn) return 0;
      const before = new Date(Date.parse(today) - retentionDays * DAY_MS);
      const { dropped, kept } = await dropPartitions(pool, before, MAX_DROPPED);
      const isMoreInDefault = await deleteFromDefault(pool, before);
      if (kept.length === 0 && !isMoreInDefault) droppedOn = today;
      return dropped.length;
    },
  };
}

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);
