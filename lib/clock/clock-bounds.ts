/** Bounds of the offset from monotonic time to true time, in milliseconds, at the monotonic time `atMs`. */
export type Bounds = { lowMs: number; highMs: number; atMs: number };

/**
 * Maximum drift between two clocks, in milliseconds per millisecond: a hundred parts per million, which is several times
 * the drift of an ordinary crystal.
 */
const DRIFT = 100e-6;

/** Returns the bounds from one answer. Its time, rounded down, was right at some moment between the question and the answer. */
export function boundsBy(answer: { askedMs: number; saidMs: number; answeredMs: number }): Bounds {
  const { askedMs, saidMs, answeredMs } = answer;
  return { lowMs: saidMs - answeredMs, highMs: saidMs + 1 - askedMs, atMs: answeredMs };
}

/** Returns the intersection of both bounds at the later one's moment; undefined if they contradict each other. */
export function intersectionOf(earlier: Bounds, later: Bounds): Bounds | undefined {
  const driftMs = Math.max(0, later.atMs - earlier.atMs) * DRIFT;
  const lowMs = Math.max(earlier.lowMs - driftMs, later.lowMs);
  const highMs = Math.min(earlier.highMs + driftMs, later.highMs);
  return lowMs <= highMs ? { lowMs, highMs, atMs: later.atMs } : undefined;
}

export function widthOf({ lowMs, highMs }: Bounds): number {
  return highMs - lowMs;
}
