import type { Verdict } from '../support/verdict.ts';
import { isGrowing, leastVisible, median, trendOf, type Allowed, type Point } from './trend.ts';

/** A unit for the report; `size` is how many of the value's own units it has. */
export type Unit = { unit: string; size: number };

/** Checks that a value does not grow. The verdict has its median, its growth a minute, and the least growth it can detect. */
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
