/** A value at an instant, both in whatever unit; instants in minutes here. */
export type Point = { atMinutes: number; value: number };

export type Trend = {
  /** Of the middle line, in the value's unit a minute. */
  perMinute: number;
  /** What the line rises from the first point to the last. */
  rise: number;
};

/**
 * The middle line through points that scatter: the median of the slopes between all pairs (Theil–Sen), over medians of
 * three points each. It follows a steady growth, and is deaf to what is off now and then, be it by how much it will: up to
 * a quarter of the points.
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
 * Whether what was measured grows: its line rises faster than is allowed, and in all by more than what it scatters by
 * itself. A short run cannot tell a slow growth from none; how slow, `leastVisible` says.
 */
export function isGrowing(trend: Trend, allowed: Allowed): boolean {
  return trend.perMinute > allowed.perMinute && trend.rise > allowed.scatter;
}

/** The slowest growth, a minute, that a run of so many minutes finds. */
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

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}
