/** A request that arrived at the target: its due instant and its arrival. */
export type Arrival = { dueMs: number; arrivedMs: number };

/**
 * Returns the most requests that one request overtook: requests that were due before it and arrived after it.
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
    // Its place is the number of requests that were due before it.
    const place = places.get(dueMs) ?? 0;
    most = Math.max(most, place - arrived.countBelow(place));
    arrived.add(place);
  }
  return most;
}

/** Returns how long the oldest due execution had waited at an instant, in seconds, by the arrivals; 0 when none waited. */
export function oldestWaitAt(arrivals: readonly Arrival[], atMs: number): number {
  const dues = arrivals
    .filter(({ dueMs, arrivedMs }) => dueMs <= atMs && arrivedMs > atMs)
    .map(({ dueMs }) => dueMs);
  return dues.length === 0 ? 0 : (atMs - dues.reduce((a, b) => Math.min(a, b))) / 1_000;
}

/** A Fenwick tree that counts numbers from 0 to `size` - 1. */
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
