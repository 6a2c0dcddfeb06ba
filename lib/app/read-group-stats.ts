import { listDecidedSteps, listFailingSeries, readCountedUntil } from '../db/read-outcome-counts.ts';
import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import {
  comparedPeriod,
  makeOutcomeSeries,
  type OutcomeSeries,
  withoutSeries,
} from '../domain/roll-up/group-outcomes.ts';
import { startOfPeriod } from '../domain/roll-up/periods.ts';
import { groupOfSeries } from '../domain/roll-up/series.ts';
import { planStatsRange, type StatsRange } from '../domain/roll-up/stats-range.ts';
import type { AskedStats } from './read-stats.ts';

export type AskedGroupStats = Omit<AskedStats, 'group'> & { limit: number };

export type GroupStats = {
  range: StatsRange;
  countedUntil: Date | undefined;
  /** The groups with the largest share of failed executions, the largest first. A group without a failure is left out. */
  groups: (OutcomeSeries & { group: string })[];
  /** All other jobs together: jobs of other groups, and jobs without a group. */
  others: OutcomeSeries;
};

/**
 * Reads how executions of the groups with the most failures ended over a range, from counts that ticks have added up. The time
 * that it takes depends on the number of steps, and not on the number of executions.
 *
 * @throws ValidationError when the range cannot be answered.
 */
export async function readGroupStats(pool: Pool, asked: AskedGroupStats, now: Date): Promise<GroupStats> {
  const range = planStatsRange(
    { fromMs: asked.from?.getTime(), toMs: asked.to?.getTime(), stepSeconds: asked.stepSeconds },
    now.getTime(),
  );
  const { fromMs, toMs, stepSeconds, periodSeconds } = range;
  const compared = comparedPeriod(range);
  const to = new Date(toMs);
  return inSnapshot(pool, async (tx) => {
    const failing = await listFailingSeries(tx, {
      periodSeconds: compared,
      from: new Date(startOfPeriod(fromMs, compared)),
      to,
      limit: asked.limit,
    });
    const steps = await listDecidedSteps(tx, {
      series: ['all', ...failing],
      periodSeconds,
      from: new Date(fromMs),
      to,
      stepSeconds,
    });
    const bySeries = Map.groupBy(steps, ({ series }) => series);
    const groups = failing
      .map((series) => ({
        group: groupOfSeries(series),
        ...makeOutcomeSeries(range, bySeries.get(series) ?? []),
      }))
      .filter(({ failed }) => failed > 0);
    const all = makeOutcomeSeries(range, bySeries.get('all') ?? []);
    return {
      range,
      countedUntil: await readCountedUntil(tx),
      groups,
      others: withoutSeries(all, groups),
    };
  });
}
