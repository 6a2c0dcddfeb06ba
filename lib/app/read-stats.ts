import { listQueueDepths } from '../db/queue-depths.ts';
import { listOutcomeCounts, readCountedUntil } from '../db/read-outcome-counts.ts';
import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import { seriesOfGroup } from '../domain/roll-up/series.ts';
import { makeStats, type Stats } from '../domain/roll-up/stats.ts';
import { planStatsRange, type StatsRange } from '../domain/roll-up/stats-range.ts';

export type AskedStats = {
  from: Date | undefined;
  to: Date | undefined;
  stepSeconds: number | undefined;
  /** Undefined for all jobs. */
  group: string | undefined;
};

export type StatsOfRange = Stats & {
  range: StatsRange;
  /** Every outcome that was recorded before this instant is counted. Undefined before the first tick. */
  countedUntil: Date | undefined;
};

/**
 * Reads counts of a range, which ticks have added up. The time that it takes depends on the number of points, and not on the
 * number of executions.
 *
 * @throws ValidationError when the range cannot be answered.
 */
export async function readStats(pool: Pool, asked: AskedStats, now: Date): Promise<StatsOfRange> {
  const range = planStatsRange(
    { fromMs: asked.from?.getTime(), toMs: asked.to?.getTime(), stepSeconds: asked.stepSeconds },
    now.getTime(),
  );
  const { periodSeconds, stepSeconds } = range;
  const between = { periodSeconds, from: new Date(range.fromMs), to: new Date(range.toMs) };
  const series = asked.group === undefined ? 'all' : seriesOfGroup(asked.group);
  // One snapshot, so that the instant belongs to the counts.
  return inSnapshot(pool, async (tx) => {
    const counted = await listOutcomeCounts(tx, { ...between, series, stepSeconds });
    // The queue is not divided by groups.
    const depths = asked.group === undefined ? await listQueueDepths(tx, between) : [];
    return {
      ...makeStats(range, counted, depths),
      range,
      countedUntil: await readCountedUntil(tx),
    };
  });
}
