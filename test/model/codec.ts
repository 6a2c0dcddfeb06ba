import type { State } from './state.ts';

/** Parts that are equal get the same number. */
function makeNumbering<T extends object>() {
  const numbers = new Map<string, number>();
  const parts: T[] = [];
  return {
    numberOf: (part: T): number => {
      const text = JSON.stringify(part);
      const known = numbers.get(text);
      if (known !== undefined) return known;
      if (parts.length > 0xffff) throw new Error('a character cannot tell so many parts apart');
      numbers.set(text, parts.length);
      parts.push(part);
      return parts.length - 1;
    },
    partOf: (number: number): T => {
      const part = parts[number];
      if (part === undefined) throw new Error(`there is no part ${number}`);
      return part;
    },
  };
}

type Encoded = { state: State; key: string };

/**
 * States as strings of eight characters, one for each part. Workers or ticks that change places make no other state:
 * the lower number comes first.
 */
export function makeCodec() {
  const dbs = makeNumbering<State['db']>();
  const queues = makeNumbering<State['queue']>();
  const workers = makeNumbering<State['workers'][0]>();
  const ticks = makeNumbering<State['ticks'][0]>();
  const apis = makeNumbering<State['api']>();
  const worlds = makeNumbering<State['world']>();

  /** @param from a state, decoded from its key, of which most parts were taken over: their numbers are known. */
  const encode = ({ db, queue, workers: w, ticks: t, api, world }: State, from?: Encoded): string => {
    const before = from?.state;
    const number = <T extends object>(
      numbering: { numberOf: (part: T) => number },
      part: T,
      old: T | undefined,
      at: number,
    ) => (part === old && from !== undefined ? from.key.charCodeAt(at) : numbering.numberOf(part));
    const worker1 = number(workers, w[0], before?.workers[0], 2);
    const worker2 = number(workers, w[1], before?.workers[1], 3);
    const tick1 = number(ticks, t[0], before?.ticks[0], 4);
    const tick2 = number(ticks, t[1], before?.ticks[1], 5);
    return String.fromCharCode(
      number(dbs, db, before?.db, 0),
      number(queues, queue, before?.queue, 1),
      Math.min(worker1, worker2),
      Math.max(worker1, worker2),
      Math.min(tick1, tick2),
      Math.max(tick1, tick2),
      number(apis, api, before?.api, 6),
      number(worlds, world, before?.world, 7),
    );
  };

  const decode = (key: string): State => ({
    db: dbs.partOf(key.charCodeAt(0)),
    queue: queues.partOf(key.charCodeAt(1)),
    workers: [workers.partOf(key.charCodeAt(2)), workers.partOf(key.charCodeAt(3))],
    ticks: [ticks.partOf(key.charCodeAt(4)), ticks.partOf(key.charCodeAt(5))],
    api: apis.partOf(key.charCodeAt(6)),
    world: worlds.partOf(key.charCodeAt(7)),
  });

  return { encode, decode };
}
