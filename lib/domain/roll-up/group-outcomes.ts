import { periodsSeconds, type PeriodSeconds } from './periods.ts';
import type { StatsRange } from './stats-range.ts';

/** Executions of one step that succeeded or failed. */
export type Decided = { succeeded: number; failed: number };

/** The outcomes of some jobs over a range: all together, and one point for each step. */
export type OutcomeSeries = Decided & { points: readonly (Decided & { atMs: number })[] };

/** A step of a series that has outcomes. Steps are counted from the start of the range. */
export type DecidedStep<Name> = Decided & { series: Name; step: number };

/** The minimum number of periods that the choice of groups reads of each group. */
const LEAST_PERIODS = 6;

/**
 * Returns the period by which groups are compared over a range: a long one, because all groups are read. It may begin before the
 * range.
 */
export function comparedPeriod({ fromMs, toMs, periodSeconds }: StatsRange): PeriodSeconds {
  const rangeSeconds = (toMs - fromMs) / 1_000;
  return periodsSeconds.findLast((seconds) => seconds * LEAST_PERIODS <= rangeSeconds) ?? periodSeconds;
}

/** Puts the steps of one series into points. A step without outcomes has zeros. */
export function makeOutcomeSeries(
  range: StatsRange,
  steps: readonly (Decided & { step: number })[],
): OutcomeSeries {
  const stepMs = range.stepSeconds * 1_000;
  const known = new Map(steps.map((each) => [each.step, each]));
  const points = Array.from({ length: (range.toMs - range.fromMs) / stepMs }, (_, step) => {
    const { succeeded = 0, failed = 0 } = known.get(step) ?? {};
    return { atMs: range.fromMs + step * stepMs, succeeded, failed };
  });
  return { ...sumOf(points), points };
}

/** Subtracts series from the series that contains all of them. */
export function withoutSeries(all: OutcomeSeries, taken: readonly OutcomeSeries[]): OutcomeSeries {
  // Counts are read in one snapshot, so no difference is negative.
  const points = all.points.map(({ atMs, succeeded, failed }, step) => {
    const away = sumOf(taken.flatMap((series) => series.points[step] ?? []));
    return { atMs, succeeded: succeeded - away.succeeded, failed: failed - away.failed };
  });
  return { ...sumOf(points), points };
}

const sumOf = (some: readonly Decided[]): Decided => ({
  succeeded: some.reduce((sum, { succeeded }) => sum + succeeded, 0),
  failed: some.reduce((sum, { failed }) => sum + failed, 0),
});
