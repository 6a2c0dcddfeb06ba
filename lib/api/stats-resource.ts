import type * as z from 'zod';
import type { StatsOfRange } from '../app/read-stats.ts';
import type { OutcomeStats, QueueHigh } from '../domain/roll-up/stats.ts';
import type { outcomeStatsSchema, statsSchema } from './stats-schemas.ts';

type Resource = z.infer<typeof statsSchema>;

export const statsResource = (stats: StatsOfRange, group: string | undefined): Resource => ({
  from: toInstant(stats.range.fromMs),
  to: toInstant(stats.range.toMs),
  stepSeconds: stats.range.stepSeconds,
  group: group ?? null,
  countedUntil: stats.countedUntil?.toISOString() ?? null,
  total: outcomes(stats.total),
  points: stats.points.map((point) => ({
    at: toInstant(point.atMs),
    ...outcomes(point),
    queue: point.queue === null ? null : queueHigh(point.queue),
  })),
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
