import type * as z from 'zod';
import type { GroupStats } from '../app/read-group-stats.ts';
import type { StatsOfRange } from '../app/read-stats.ts';
import { failureShareOf } from '../domain/group-summary.ts';
import type { OutcomeSeries } from '../domain/roll-up/group-outcomes.ts';
import type { OutcomeStats, QueueHigh } from '../domain/roll-up/stats.ts';
import type { groupStatsSchema, outcomeStatsSchema, statsSchema } from './stats-schemas.ts';

type Resource = z.infer<typeof statsSchema>;

export const statsResource = (stats: StatsOfRange, group: string | undefined): Resource => ({
  ...rangeOf(stats),
  group: group ?? null,
  total: outcomes(stats.total),
  points: stats.points.map((point) => ({
    at: toInstant(point.atMs),
    ...outcomes(point),
    queue: point.queue === null ? null : queueHigh(point.queue),
  })),
});

export const groupStatsResource = ({
  groups,
  others,
  ...stats
}: GroupStats): z.infer<typeof groupStatsSchema> => ({
  ...rangeOf(stats),
  groups: groups.map(({ group, ...series }) => ({ group, ...seriesOf(series) })),
  others: seriesOf(others),
});

const rangeOf = ({ range, countedUntil }: Pick<StatsOfRange, 'range' | 'countedUntil'>) => ({
  from: toInstant(range.fromMs),
  to: toInstant(range.toMs),
  stepSeconds: range.stepSeconds,
  countedUntil: countedUntil?.toISOString() ?? null,
});

const seriesOf = ({ points, ...all }: OutcomeSeries) => ({
  ...all,
  failureShare: failureShareOf(all),
  points: points.map(({ atMs, ...decided }) => ({ at: toInstant(atMs), ...decided })),
});

const outcomes = (stats: OutcomeStats): z.infer<typeof outcomeStatsSchema> => ({
  executions: stats.executions,
  retries: stats.retries,
  durationMs: stats.durationMs,
  latenessMs: stats.latenessMs,
});

const queueHigh = ({ oldestDueAgeMs, ...depths }: QueueHigh): Resource['points'][number]['queue'] => ({
  ...depths,
  oldestDueAgeSeconds: oldestDueAgeMs === null ? null : oldestDueAgeMs / 1_000,
});

const toInstant = (ms: number): string => new Date(ms).toISOString();
