import type { Verdict } from '../support/verdict.ts';
import { isGrowing, leastVisible, median, trendOf, type Allowed, type Point } from './trend.ts';

/** What is shown of a value: so many of it are one of the unit. */
export type Unit = { unit: string; size: number };

/** Whether something is flat: with its middle, its growth a minute, and the least growth that would have been found. */
export function judgeGrowth(
  what: string,
  points: readonly Point[],
  allowed: Allowed,
  { unit, size }: Unit,
): Verdict {
  const minutes = (points.at(-1)?.atMinutes ?? 0) - (points[0]?.atMinutes ?? 0);
  const trend = trendOf(points);
  const shown = (value: number): string => (value / size).toFixed(2);
  return {
    what: `${what}, ${shown(median(points.map(({ value }) => value)))} ${unit}: its growth`,
    found: trend === undefined ? 'unknown' : `${shown(trend.perMinute)} ${unit}/min`,
    allowed: `≤ ${shown(leastVisible(minutes, allowed))} ${unit}/min`,
    isKept: trend !== undefined && !isGrowing(trend, allowed),
  };
}
