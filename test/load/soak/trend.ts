/** A value, in any unit, at an instant in minutes. */
export type Point = { atMinutes: number; value: number };

export type Trend = {
  /** The slope of the middle line, in the value's unit a minute. */
  perMinute: number;
  /** The rise of the line from the first point to the last. */
  rise: number;
};

/**
 * Fits the middle line through scattered points: the median of the slopes between all pairs (Theil–Sen), over medians of
 * three points each. The line follows a steady growth and ignores outliers of any size, up to a quarter of the points.
 *
 * @param points in order of time. With fewer than nine there is no trend.
 */
export function trendOf(points: readonly Point[]): Trend | undefined {
  const medians = inThrees(points);
  const first = medians[0];
  const last = medians.at(-1);
  if (medians.length < 3 || first === undefined || last === undefined) return undefined;
  const slopes = medians.flatMap((a, index) =>
    medians.slice(index + 1).map((b) => (b.value - a.value) / (b.atMinutes - a.atMinutes)),
  );
  const perMinute = median(slopes);
  return { perMinute, rise: perMinute * (last.atMinutes - first.atMinutes) };
}

/**
 * Whether the measured value grows: its line rises faster than allowed, and by more in total than the value scatters. A short
 * run cannot detect a slow growth; `leastVisible` returns the slowest growth that it detects.
 */
export function isGrowing(trend: Trend, allowed: Allowed): boolean {
  return trend.perMinute > allowed.perMinute && trend.rise > allowed.scatter;
}

/** Returns the slowest growth a minute that a run of `minutes` detects. */
export function leastVisible(minutes: number, { perMinute, scatter }: Allowed): number {
  return Math.max(perMinute, scatter / minutes);
}

export type Allowed = { perMinute: number; scatter: number };

function inThrees(points: readonly Point[]): Point[] {
  const medians: Point[] = [];
  for (let first = 0; first + 3 <= points.length; first += 3) {
    const three = points.slice(first, first + 3);
    medians.push({
      atMinutes: median(three.map(({ atMinutes }) => atMinutes)),
      value: median(three.map(({ value }) => value)),
    });
  }
  return medians;
}

/** Returns NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
