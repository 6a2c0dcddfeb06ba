import { partTexts } from './part-texts.ts';
import type { State } from './state.ts';

/** States with numbers, in the order in which they were added. */
export type States<S> = {
  /** The number of a state; the next one if it is new. */
  numberOf: (state: S) => number;
  stateOf: (number: number) => S;
  size: () => number;
};

/** One in this number of parts with a known text is compared in full. A missing field would show in thousands of them. */
const SAMPLE = 64;

/** Parts that are equal get the same number, and are the same object in every state that is read back. */
function makeNumbering<Part>(textOf: (part: Part) => string, bits: number) {
  const numbers = new Map<string, number>();
  const parts: Part[] = [];
  /** The numbers of the parts themselves, without their texts. */
  const numbersOfKept = new Map<Part, number>();
  /** The two parts that were read last, because a state has two workers and two ticks. */
  let last: Part | undefined;
  let lastNumber = 0;
  let other: Part | undefined;
  let otherNumber = 0;
  let calls = 0;

  const numberOf = (part: Part): number => {
    // A step leaves most parts as they were read.
    if (part === last) return lastNumber;
    if (part === other) return otherNumber;
    const kept = numbersOfKept.get(part);
    if (kept !== undefined) return kept;
    const text = textOf(part);
    const known = numbers.get(text);
    if (known !== undefined) {
      calls += 1;
      if (calls % SAMPLE === 0 && JSON.stringify(part) !== JSON.stringify(parts[known])) {
        throw new Error(`two parts have the same text: ${text}`);
      }
      return known;
    }
    if (parts.length >>> bits > 0) throw new Error(`${bits} bits cannot distinguish this number of parts`);
    numbers.set(text, parts.length);
    numbersOfKept.set(part, parts.length);
    parts.push(part);
    return parts.length - 1;
  };

  return {
    numberOf,
    partOf: (number: number): Part => {
      const part = parts[number];
      if (part === undefined) throw new Error(`there is no part ${number}`);
      [other, otherNumber] = [last, lastNumber];
      [last, lastNumber] = [part, number];
      return part;
    },
    /** The part that is equal to this one, and the same object in every state. */
    keep: (part: Part): Part => parts[numberOf(part)] ?? part,
  };
}

/**
 * Each state is two words of 32 bits, because each of its few parts has a number. The lower number comes first, so that
 * states with exchanged workers or ticks are the same.
 */
export function makeStates(): States<State> & {
  /** The same state, made of the parts that are the same objects in all states. */
  keep: (state: State) => State;
} {
  const dbs = makeNumbering(partTexts.db, 10);
  const queues = makeNumbering(partTexts.queue, 10);
  const workers = makeNumbering(partTexts.worker, 11);
  const ticks = makeNumbering(partTexts.tick, 6);
  const apis = makeNumbering(partTexts.api, 3);
  const worlds = makeNumbering(partTexts.world, 7);
  const pairs = makePairs();

  return {
    numberOf: ({ db, queue, workers: w, ticks: t, api, world }) => {
      const worker1 = workers.numberOf(w[0]);
      const worker2 = workers.numberOf(w[1]);
      const tick1 = ticks.numberOf(t[0]);
      const tick2 = ticks.numberOf(t[1]);
      const high = (dbs.numberOf(db) << 22) | (Math.min(worker1, worker2) << 11) | Math.max(worker1, worker2);
      const low =
        (queues.numberOf(queue) << 22) |
        (Math.min(tick1, tick2) << 16) |
        (Math.max(tick1, tick2) << 10) |
        (apis.numberOf(api) << 7) |
        worlds.numberOf(world);
      return pairs.numberOf(high, low);
    },
    stateOf: (number) => {
      const [high, low] = pairs.pairOf(number);
      return {
        db: dbs.partOf(high >>> 22),
        queue: queues.partOf(low >>> 22),
        workers: [workers.partOf((high >>> 11) & 0x7ff), workers.partOf(high & 0x7ff)],
        ticks: [ticks.partOf((low >>> 16) & 0x3f), ticks.partOf((low >>> 10) & 0x3f)],
        api: apis.partOf((low >>> 7) & 7),
        world: worlds.partOf(low & 0x7f),
      };
    },
    size: pairs.size,
    keep: ({ db, queue, workers: w, ticks: t, api, world }) => ({
      db: dbs.keep(db),
      queue: queues.keep(queue),
      workers: [workers.keep(w[0]), workers.keep(w[1])],
      ticks: [ticks.keep(t[0]), ticks.keep(t[1])],
      api: apis.keep(api),
      world: worlds.keep(world),
    }),
  };
}

/** Numbers pairs of words. A hash table in typed arrays: a `Map` of strings takes most of the time of a search. */
function makePairs() {
  let size = 0;
  let words = new Int32Array(2 << 16);
  /** A slot holds the number of a pair plus 1, or 0 if it is free. At most half of the slots are taken. */
  let slots = new Int32Array(2 << 16);

  const placeOf = (high: number, low: number): number => {
    let hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let place = (hash ^ (hash >>> 13)) & (slots.length - 1);
    for (;;) {
      const number = (slots[place] ?? 0) - 1;
      if (number === -1 || (words[2 * number] === high && words[2 * number + 1] === low)) return place;
      place = (place + 1) & (slots.length - 1);
    }
  };

  const grow = (): void => {
    const before = words;
    words = new Int32Array(before.length * 2);
    words.set(before);
    slots = new Int32Array(slots.length * 2);
    for (let number = 0; number < size; number += 1) {
      slots[placeOf(before[2 * number] ?? 0, before[2 * number + 1] ?? 0)] = number + 1;
    }
  };

  return {
    numberOf: (high: number, low: number): number => {
      const place = placeOf(high, low);
      const known = (slots[place] ?? 0) - 1;
      if (known !== -1) return known;
      words[2 * size] = high;
      words[2 * size + 1] = low;
      size += 1;
      slots[place] = size;
      if (2 * size === slots.length) grow();
      return size - 1;
    },
    pairOf: (number: number): readonly [number, number] => [
      words[2 * number] ?? 0,
      words[2 * number + 1] ?? 0,
    ],
    size: () => size,
  };
}
