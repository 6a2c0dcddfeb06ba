/** Random numbers that a seed repeats. Each use has its own stream, so it does not depend on when other uses draw. */
export type Random = {
  /** Returns a number in [0, 1). */
  next: () => number;
  /** Returns an integer between the bounds, inclusive. */
  int: (from: number, to: number) => number;
  pick: <T>(items: readonly T[]) => T;
  /** Returns a shuffled copy. */
  shuffle: <T>(items: readonly T[]) => T[];
};

/** Returns the random stream of a name; a seed always gives the same stream. */
export function makeRandom(seed: number, name: string): Random {
  let state = hash(`${seed}/${name}`);
  /** Mulberry32: 32 bits of state are enough for choosing faults. */
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    pick: (items) => {
      const picked = items[int(0, items.length - 1)];
      if (picked === undefined) throw new RangeError('there is nothing to pick from');
      return picked;
    },
    shuffle: (items) => {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}

/** FNV-1a with a final avalanche, so that names that differ by one digit give unrelated streams. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
