import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { describeGroup } from '../../lib/domain/group-summary.ts';
import { makeOutcomeSeries } from '../../lib/domain/roll-up/group-outcomes.ts';
import { makeStats } from '../../lib/domain/roll-up/stats.ts';
import { planStatsRange } from '../../lib/domain/roll-up/stats-range.ts';

/** The statistics of a Belfry that has not run anything yet. */
export const memoryStats = (
  nowMs: number,
): Pick<ApiDeps, 'readStats' | 'readGroupStats' | 'readMetrics' | 'listGroups' | 'listHosts'> => ({
  readStats: async ({ from, to, stepSeconds }) => {
    const asked = { fromMs: from?.getTime(), toMs: to?.getTime(), stepSeconds };
    const range = planStatsRange(asked, nowMs);
    return { ...makeStats(range, [], []), range, countedUntil: undefined };
  },
  readGroupStats: async ({ from, to, stepSeconds, limit }) => {
    const asked = { fromMs: from?.getTime(), toMs: to?.getTime(), stepSeconds };
    const range = planStatsRange(asked, nowMs);
    const billing = makeOutcomeSeries(range, [{ step: 0, succeeded: 2, failed: 1 }]);
    return {
      range,
      countedUntil: undefined,
      groups: [{ group: 'billing', ...billing }].slice(0, limit),
      others: makeOutcomeSeries(range, []),
    };
  },
  listGroups: async ({ limit, order }) => ({
    items: [
      {
        group: 'billing',
        jobs: { count: 1_000, isCapped: true },
        paused: { count: 2, isCapped: false },
        outcomes: describeGroup([]),
      },
    ].slice(0, limit),
    hasMore: order === 'name',
    from: new Date(nowMs),
    countedUntil: undefined,
  }),
  listHosts: async ({ limit, order }) => ({
    items: [
      {
        host: 'example.com',
        jobs: { count: 1, isCapped: false },
        running: { count: 1, since: new Date(nowMs) },
        late: null,
        heldBack: [{ origin: 'https://example.com', until: new Date(nowMs) }],
        lastHour: { requests: 4, failed: 1, timedOut: 0, durationSumMs: 100, durationMaxMs: 70 },
      },
    ].slice(0, limit),
    hasMore: order === 'name',
    runningIsCapped: false,
    lateIsCapped: false,
    slowestIsCapped: false,
    knowsHeldBack: true,
    from: new Date(nowMs),
  }),
  readMetrics: async () => ({
    totals: [],
    countedUntil: undefined,
    queue: undefined,
    oldestDueAgeMs: 0,
    schedulerLagMs: 0,
  }),
});
