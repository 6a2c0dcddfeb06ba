/** The spans over which a job's executions are summed up, in hours. */
export const jobSpans = { '24h': 24, '7d': 168, '30d': 720 } as const;
export type JobSpan = keyof typeof jobSpans;
export const jobSpanNames = ['24h', '7d', '30d'] as const satisfies readonly JobSpan[];
export const DEFAULT_JOB_SPAN: JobSpan = '24h';

/** The most executions that statistics of a job read: 5,000 take about 10 ms. */
export const MAX_STATS_EXECUTIONS = 5_000;

/** The median, the value that 99 % do not exceed, and the largest value, in milliseconds. */
export type Quantiles = { p50: number; p99: number; max: number };

/** What the latest executions of a job were like. */
export type JobStats = {
  /** The number of executions that were read, and whether there may be more in the span. */
  executions: number;
  isCapped: boolean;
  /** The execution time of the oldest one. Null without any. */
  oldestAt: Date | null;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** Executions that have begun and not ended. */
  open: number;
  /** Null if none has a duration. */
  durationMs: Quantiles | null;
  latenessMs: Quantiles | null;
};
