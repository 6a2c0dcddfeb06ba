import type { CountedStatus } from './roll-up/outcome-counts.ts';
import type { OutcomeStats } from './roll-up/stats.ts';
import type { PeriodSeconds } from './roll-up/periods.ts';
import type { Total } from './total.ts';

/** The spans over which the outcomes of groups are counted. Each adds up some periods, the last of which is not over yet. */
export const groupSpans = {
  '1h': { periodSeconds: 300, periods: 12 },
  '24h': { periodSeconds: 3_600, periods: 24 },
  '7d': { periodSeconds: 86_400, periods: 7 },
  '30d': { periodSeconds: 86_400, periods: 30 },
} as const satisfies Record<string, { periodSeconds: PeriodSeconds; periods: number }>;

export type GroupSpan = keyof typeof groupSpans;
export const groupSpanNames = ['1h', '24h', '7d', '30d'] as const satisfies readonly GroupSpan[];

/** `name` lists all groups with jobs; `failures` lists the groups with the largest share of failed executions. */
export const groupOrders = ['name', 'failures'] as const;
export type GroupOrder = (typeof groupOrders)[number];

/** The jobs of a group are counted up to this number. */
export const MAX_JOBS_COUNTED = 1_000;

/** Makes a total from a count that was stopped at one more than the maximum. */
export const toJobTotal = (count: number, most: number): Total => ({
  count: Math.min(count, most),
  isCapped: count > most,
});

export type GroupSummary = {
  group: string;
  jobs: Total;
  paused: Total;
  /** The outcomes in the span. Null if the group is counted together with others, because there are too many groups. */
  outcomes: GroupOutcomes | null;
};

export type GroupOutcomes = Pick<OutcomeStats, 'executions' | 'retries'> & {
  /** The longest request of an execution that ended, and the latest request. Null if no request was sent. */
  maxDurationMs: number | null;
  maxLatenessMs: number | null;
};

type Sums = { status: CountedStatus; executions: number; durationMaxMs: number; latenessMaxMs: number };

/** Describes the sums of a group, at most one for each status. */
export function describeGroup(sums: readonly Sums[]): GroupOutcomes {
  const countOf = (wanted: CountedStatus): number =>
    sums.find(({ status }) => status === wanted)?.executions ?? 0;
  const most = (values: readonly number[]): number | null =>
    values.length === 0 ? null : Math.max(...values);
  const ended = sums.filter(({ status }) => status === 'SUCCESS' || status === 'FAILED');
  const sent = sums.filter(({ status }) => status !== 'CANCELLED' && status !== 'SKIPPED');
  return {
    executions: {
      succeeded: countOf('SUCCESS'),
      failed: countOf('FAILED'),
      cancelled: countOf('CANCELLED'),
      skipped: countOf('SKIPPED'),
    },
    retries: countOf('RETRYING'),
    maxDurationMs: most(ended.map(({ durationMaxMs }) => durationMaxMs)),
    maxLatenessMs: most(sent.map(({ latenessMaxMs }) => latenessMaxMs)),
  };
}

/** A part of a whole, with 4 decimals. */
export const shareOf = (part: number, whole: number): number => Math.round((part / whole) * 10_000) / 10_000;

/** Returns the share of failed executions among the failed and succeeded ones. Null if there are none. */
export function failureShareOf({
  succeeded,
  failed,
}: Pick<OutcomeStats['executions'], 'succeeded' | 'failed'>): number | null {
  const decided = succeeded + failed;
  return decided === 0 ? null : shareOf(failed, decided);
}
