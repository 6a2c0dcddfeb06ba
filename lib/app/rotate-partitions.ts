import { deleteFromDefault, dropPartitions } from '../db/drop-partitions.ts';
import { ensurePartitions, partitionName, PartitionsMissingError } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';

/** Days with a partition beyond today: a scheduler that stands still for two of them needs no default. */
const DAYS_AHEAD = 3;
/** Partitions dropped in one tick, so that a shorter retention does not stop a tick for long. */
const MAX_DROPPED = 3;

export type RotatePartitions = {
  /**
   * Makes those of the days to come; before anything is dispatched.
   *
   * @throws PartitionsMissingError when one cannot be made, unless somebody reads the default partition for now and the
   * missing ones are not needed by tomorrow.
   */
  makeAhead: (now: Date) => Promise<void>;
  /** Drops those that are older than the retention; returns how many. */
  dropOld: (now: Date) => Promise<number>;
};

/** Each is done once a day (UTC) by whoever ticks first, and again with the next tick while something of it is left. */
export function makeRotatePartitions({
  pool,
  retentionDays,
}: {
  pool: Pool;
  /** Full days that executions are kept after the day they were due. */
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
