import { countJobsOfGroups, listGroupNames } from '../db/group-jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { listFailingSeries, readCountedUntil, sumOutcomes } from '../db/read-outcome-counts.ts';
import { inSnapshot } from '../db/transaction.ts';
import {
  describeGroup,
  type GroupOrder,
  type GroupSpan,
  groupSpans,
  type GroupSummary,
} from '../domain/group-summary.ts';
import { startOfPeriod } from '../domain/roll-up/periods.ts';
import { groupOfSeries, MAX_GROUPS, seriesOfGroup } from '../domain/roll-up/series.ts';
import { listSeries } from '../db/fold-outcomes.ts';

const NONE = { count: 0, isCapped: false };

export type AskedGroups = {
  span: GroupSpan;
  order: GroupOrder;
  limit: number;
  /** The page begins after this name. It has no meaning in the order of failures, which has one page. */
  afterName: string;
};

export type GroupsPage = {
  items: GroupSummary[];
  hasMore: boolean;
  /** The start of the span. */
  from: Date;
  /** Every outcome that was recorded before this instant is counted. Undefined before the first tick. */
  countedUntil: Date | undefined;
};

/** Lists groups of jobs with what ticks have counted of them. The work of a page does not depend on the number of executions. */
export async function listGroups(pool: Pool, asked: AskedGroups, now: Date): Promise<GroupsPage> {
  const { periodSeconds, periods } = groupSpans[asked.span];
  const fromMs = startOfPeriod(now.getTime(), periodSeconds) - (periods - 1) * periodSeconds * 1_000;
  const from = new Date(fromMs);
  const since = { periodSeconds, from };
  return inSnapshot(pool, async (tx) => {
    const names = await namesOf(tx, asked, {
      ...since,
      to: new Date(fromMs + periods * periodSeconds * 1_000),
    });
    const shown = names.slice(0, asked.limit);
    const jobs = await countJobsOfGroups(tx, shown);
    const counted = await sumOutcomes(tx, { ...since, series: shown.map(seriesOfGroup) });
    const bySeries = Map.groupBy(counted, ({ series }) => series);
    const known = new Set(await listSeries(tx));
    const isFull = [...known].filter((series) => series.startsWith('group:')).length >= MAX_GROUPS;
    return {
      items: shown.map((group) => {
        const series = seriesOfGroup(group);
        // A group without a series of its own has no outcomes yet, or is counted together with others.
        const isCounted = known.has(series) || !isFull;
        const { jobs: all, paused } = jobs.get(group) ?? { jobs: NONE, paused: NONE };
        return {
          group,
          jobs: all,
          paused,
          outcomes: isCounted ? describeGroup(bySeries.get(series) ?? []) : null,
        };
      }),
      hasMore: names.length > asked.limit,
      from,
      countedUntil: await readCountedUntil(tx),
    };
  });
}

async function namesOf(
  tx: Queryable,
  { order, limit, afterName }: AskedGroups,
  since: Pick<Parameters<typeof listFailingSeries>[1], 'periodSeconds' | 'from' | 'to'>,
): Promise<string[]> {
  if (order === 'name') return listGroupNames(tx, { afterName, limit: limit + 1 });
  const series = await listFailingSeries(tx, { ...since, limit });
  return series.map(groupOfSeries);
}
