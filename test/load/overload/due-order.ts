/** A request that arrived at the target: when it was due, and when it came. */
export type Arrival = { dueMs: number; arrivedMs: number };

/**
 * By how many requests the order in which they came differs from that in which they were due: of each request, how many
 * that were due before it came after it; the most of these.
 *
 * @param duesMs in the order of arrival.
 */
export function mostOvertaken(duesMs: readonly number[]): number {
  const sorted = [...duesMs].sort((a, b) => a - b);
  const places = new Map<number, number>();
  sorted.forEach((dueMs, place) => {
    if (!places.has(dueMs)) places.set(dueMs, place);
  });
  const arrived = makeCounter(sorted.length);
  let most = 0;
  for (const dueMs of duesMs) {
    // As many are due before it as its place says.
    const place = places.get(dueMs) ?? 0;
    most = Math.max(most, place - arrived.countBelow(place));
    arrived.add(place);
  }
  return most;
}

/** How long the oldest of what was due had waited at an instant, in seconds, by the arrivals; 0 when none waited. */
export function oldestWaitAt(arrivals: readonly Arrival[], atMs: number): number {
  const dues = arrivals
    .filter(({ dueMs, arrivedMs }) => dueMs <= atMs && arrivedMs > atMs)
    .map(({ dueMs }) => dueMs);
  return dues.length === 0 ? 0 : (atMs - dues.reduce((a, b) => Math.min(a, b))) / 1_000;
}

/** Counts numbers from 0 to `size` - 1: a Fenwick tree. */
function makeCounter(size: number) {
  const sums = new Uint32Array(size + 1);
  return {
    add: (number: number): void => {
      for (let at = number + 1; at <= size; at += at & -at) sums[at] = (sums[at] ?? 0) + 1;
    },
    countBelow: (number: number): number => {
      let count = 0;
      for (let at = number; at > 0; at -= at & -at) count += sums[at] ?? 0;
      return count;
    },
  };
}
