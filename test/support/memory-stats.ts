import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { makeStats } from '../../lib/domain/roll-up/stats.ts';
import { planStatsRange } from '../../lib/domain/roll-up/stats-range.ts';

/** The statistics of a Belfry that has not run anything yet. */
export const memoryStats = (nowMs: number): Pick<ApiDeps, 'readStats' | 'readMetrics'> => ({
  readStats: async ({ from, to, stepSeconds }) => {
    const asked = { fromMs: from?.getTime(), toMs: to?.getTime(), stepSeconds };
    const range = planStatsRange(asked, nowMs);
    return { ...makeStats(range, [], []), range, countedUntil: undefined };
  },
  readMetrics: async () => ({
    totals: [],
    countedUntil: undefined,
    queue: undefined,
    oldestDueAgeMs: 0,
    schedulerLagMs: 0,
  }),
});
