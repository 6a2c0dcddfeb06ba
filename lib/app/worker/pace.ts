/** Work that is held must be able to leave within this long of its due instant. */
const HELD_FOR_MS = 250;
/** Ids with their payloads that one run holds at most; a payload has a few KiB. */
export const MAX_HELD = 4_000;
/** What a request's duration counts for beside those before it: the last 50 or so decide. */
const WEIGHT = 0.04;

export type Pace = {
  /** @param durationMs from the request's leaving to its end, whatever came of it; not of one that never left. */
  record: (durationMs: number) => void;
  /** How much may be held before it is due. */
  holdLimit: () => number;
};

/**
 * How far ahead of its window a worker may take work. A window of `w` places whose requests take `d` on average sends
 * `w / d` a second (Little's law), so that what it holds leaves in time if it is at most `w × 250 ms / d`. While nothing is
 * known it holds one window; hosts that answer in 5 ms let it hold 4,000, and one environment then serves what forty would.
 */
export function makePace({ maxInFlight }: { maxInFlight: number }): Pace {
  let meanMs: number | undefined;
  return {
    record: (durationMs) => {
      meanMs = meanMs === undefined ? durationMs : meanMs + WEIGHT * (durationMs - meanMs);
    },
    holdLimit: () => {
      if (meanMs === undefined) return Math.min(maxInFlight, MAX_HELD);
      const inTime = Math.floor((maxInFlight * HELD_FOR_MS) / Math.max(meanMs, 1));
      return Math.min(Math.max(inTime, maxInFlight), MAX_HELD);
    },
  };
}
