import { MINUTE_MS } from './units.ts';

/** The runs in each minute from an instant on. */
export type Load = { fromMs: number; perMinute: readonly number[] };

export type Herd = { atMs: number; runs: number };

/** A herd has more than this many times the runs of the median minute. */
export const HERD_FACTOR = 10;
/** Fewer runs do not count as load, regardless of the other minutes. */
const LEAST_RUNS = 20;
/** How far a run may be moved to a quieter minute. */
const NEAR_MINUTES = 15;

/** The minutes with far more runs than the others, the earliest first. */
export function findHerds(load: Load): Herd[] {
  const least = Math.max(LEAST_RUNS, medianOf(load.perMinute) * HERD_FACTOR + 1);
  return load.perMinute.flatMap((runs, index) =>
    runs >= least ? [{ atMs: load.fromMs + index * MINUTE_MS, runs }] : [],
  );
}

/** The runs from one instant to another. Undefined if all of it is before the load begins, or after it ends. */
export function runsBetween({ fromMs, perMinute }: Load, startMs: number, endMs: number): number | undefined {
  const first = Math.max(0, Math.floor((startMs - fromMs) / MINUTE_MS));
  const end = Math.min(perMinute.length, Math.ceil((endMs - fromMs) / MINUTE_MS));
  return end <= first ? undefined : perMinute.slice(first, end).reduce((sum, runs) => sum + runs, 0);
}

/** The minute after a herd that has the fewest runs, the nearest of several. Undefined if the load ends there. */
export function quieterMinute({ fromMs, perMinute }: Load, { atMs }: Herd): Herd | undefined {
  const index = Math.round((atMs - fromMs) / MINUTE_MS);
  return perMinute
    .slice(index + 1, index + 1 + NEAR_MINUTES)
    .map((runs, offset) => ({ atMs: atMs + (offset + 1) * MINUTE_MS, runs }))
    .reduce<Herd | undefined>(
      (best, each) => (best === undefined || each.runs < best.runs ? each : best),
      undefined,
    );
}

/**
 * The least shares of the median at which cells are shaded one step deeper, from the second step on. They are not scaled by the week:
 * one whose hours are alike has one shade.
 */
const STEPS = [0.5, 1.1, 1.4, 2];

/** How deep a cell is shaded: 0 for no runs, 2 for a usual number, up to 5 for twice as many. */
export const levelOf = (runs: number, median: number): number =>
  runs === 0 ? 0 : 1 + STEPS.filter((share) => runs >= share * median).length;

/** The middle of some numbers, without zeros. It is 0 if none is left. */
export function medianOf(counts: readonly number[]): number {
  const sorted = counts.filter((each) => each > 0).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
