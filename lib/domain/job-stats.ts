import { startOfPeriod } from './roll-up/periods.ts';

/**
 * The spans over which a job's executions are summed up, and the steps that a span is divided into. A span has at most
 * `MAX_STATS_STEPS` of its steps.
 */
export const jobSpans = {
  '24h': { hours: 24, stepSeconds: 900 },
  '7d': { hours: 168, stepSeconds: 7_200 },
  '30d': { hours: 720, stepSeconds: 28_800 },
} as const;
export type JobSpan = keyof typeof jobSpans;
export const jobSpanNames = ['24h', '7d', '30d'] as const satisfies readonly JobSpan[];
export const DEFAULT_JOB_SPAN: JobSpan = '24h';

/** The most executions that statistics of a job read: 5,000 take about 10 ms. */
export const MAX_STATS_EXECUTIONS = 5_000;

/** The most steps of an answer. */
export const MAX_STATS_STEPS = 100;
/** The steps of an answer. Where only the last part of a span is counted, its steps are shorter. */
export const statsSteps = [60, 300, 900, 3_600, 7_200, 28_800] as const;

/** Returns a span that ends now. It begins at the start of a step. */
export function rangeOfSpan(span: JobSpan, nowMs: number): { from: Date; until: Date } {
  const { hours, stepSeconds } = jobSpans[span];
  return { from: new Date(startOfPeriod(nowMs - hours * 3_600_000, stepSeconds)), until: new Date(nowMs) };
}

/** The median, the value that 99 % do not exceed, and the largest value, in milliseconds. */
export type Quantiles = { p50: number; p99: number; max: number };

export type JobOutcomes = {
  succeeded: number;
  failed: number;
  cancelled: number;
  /** Occurrences, of which one execution stands for many. */
  skipped: number;
  /** Executions that have begun and not ended. */
  open: number;
  /** Null if none has a duration. */
  durationMs: Quantiles | null;
  latenessMs: Quantiles | null;
};

export type JobStatsPoint = JobOutcomes & { at: Date };

/** The statistics of the latest executions of a job. */
export type JobStats = JobOutcomes & {
  /** The number of executions that were read, and whether there may be more in the span. */
  executions: number;
  isCapped: boolean;
  /** The execution time of the oldest one. Null without any. */
  oldestAt: Date | null;
  stepSeconds: number;
  /** One for each step whose executions were all read, the earliest first. */
  points: JobStatsPoint[];
};

const NONE: JobOutcomes = {
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  skipped: 0,
  open: 0,
  durationMs: null,
  latenessMs: null,
};

/** Puts a point for each step that has none. After older executions were left out, the first step is not whole. */
export function fillSteps(
  { isCapped, oldestAt, stepSeconds, points }: JobStats,
  { from, until }: { from: Date; until: Date },
): JobStatsPoint[] {
  const stepMs = stepSeconds * 1_000;
  const oldestMs = isCapped && oldestAt !== null ? oldestAt.getTime() + stepMs : from.getTime();
  const firstMs = startOfPeriod(oldestMs, stepSeconds);
  const known = new Map(points.map((point) => [point.at.getTime(), point]));
  return Array.from({ length: Math.max(0, Math.ceil((until.getTime() - firstMs) / stepMs)) }, (_, step) => {
    const atMs = firstMs + step * stepMs;
    return known.get(atMs) ?? { at: new Date(atMs), ...NONE };
  });
}
