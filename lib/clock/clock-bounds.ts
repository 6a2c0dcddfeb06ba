/** Between what the offset of true time to monotonic time lies, in milliseconds, at the moment `atMs` of monotonic time. */
export type Bounds = { lowMs: number; highMs: number; atMs: number };

/**
 * By how much two clocks drift apart in a millisecond, at most: a hundred parts per million, which is several times what an
 * ordinary crystal does.
 */
const DRIFT = 100e-6;

/** What an answer says: the time it tells, rounded down, was true at some moment between the question and the answer. */
export function boundsBy(answer: { askedMs: number; saidMs: number; answeredMs: number }): Bounds {
  const { askedMs, saidMs, answeredMs } = answer;
  return { lowMs: saidMs - answeredMs, highMs: saidMs + 1 - askedMs, atMs: answeredMs };
}

/** What both say together, at the later one's moment; undefined when they contradict each other. */
export function intersectionOf(earlier: Bounds, later: Bounds): Bounds | undefined {
  const driftMs = Math.max(0, later.atMs - earlier.atMs) * DRIFT;
  const lowMs = Math.max(earlier.lowMs - driftMs, later.lowMs);
  const highMs = Math.min(earlier.highMs + driftMs, later.highMs);
  return lowMs <= highMs ? { lowMs, highMs, atMs: later.atMs } : undefined;
}

export function widthOf({ lowMs, highMs }: Bounds): number {
  return highMs - lowMs;
}
