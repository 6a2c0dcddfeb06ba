import type { FunctionName } from '../../../local/environments/function-environments.ts';
import { makeRandom, type Random } from '../random.ts';
import type { WakeUpFault } from '../wake-ups.ts';

/** A fault to inject. Each kind has the name of the event. */
export type Fault =
  /** An environment dies at a point, which is chosen from the points reached so far. */
  | { kind: 'environment killed' }
  | { kind: 'postgresql killed' | 'postgresql connections ended' }
  | {
      kind: 'postgresql frozen' | 'postgresql connections filled' | 'postgresql refused writes';
      forMs: number;
    }
  | { kind: 'redis flushed' | 'redis killed' | 'redis failed over to an older copy' }
  | { kind: 'redis frozen' | 'redis paused'; forMs: number }
  | { kind: 'sqs down' | 'sqs silent'; forMs: number }
  | { kind: `wake-ups ${WakeUpFault['kind']}`; fault: WakeUpFault }
  | { kind: 'two ticks at once' | 'three ticks at once' | 'tick skipped'; count: number }
  | {
      kind: 'clock stepped forward' | 'clock stepped back' | 'clock wrong from the start';
      function: FunctionName;
      /** Selects an environment of the function: 0 is the start of the list, 1 its end. */
      place: number;
      offsetMs: number;
      forMs: number;
    }
  | { kind: 'old worker next to the new'; forMs: number };

/** Faults of one lane follow each other; faults of different lanes overlap. */
export const LANE_NAMES = [
  'kills',
  'postgresql',
  'redis',
  'sqs',
  'wake-ups',
  'ticks',
  'clocks',
  'versions',
] as const;
export type LaneName = (typeof LANE_NAMES)[number];

type Make = (random: Random, size: PlanSize) => Fault;
type PlanSize = {
  isShort: boolean;
  /** Lanes that are left out. */
  without?: readonly LaneName[];
};

/** Faults are short, because two cores must serve the backlog afterwards. Some outlast a statement's or a command's timeout. */
const LANES: Record<LaneName, { share: number; kinds: readonly Make[] }> = {
  kills: { share: 0.45, kinds: [() => ({ kind: 'environment killed' })] },
  postgresql: {
    share: 0.07,
    kinds: [
      () => ({ kind: 'postgresql killed' }),
      (random) => ({ kind: 'postgresql frozen', forMs: random.pick([1_000, 3_000, 6_000, 15_000]) }),
      () => ({ kind: 'postgresql connections ended' }),
      (random) => ({ kind: 'postgresql connections filled', forMs: random.int(2_000, 6_000) }),
      (random) => ({ kind: 'postgresql refused writes', forMs: random.int(1_000, 6_000) }),
    ],
  },
  redis: {
    share: 0.07,
    kinds: [
      () => ({ kind: 'redis flushed' }),
      (random) => ({ kind: 'redis frozen', forMs: random.pick([500, 2_000, 5_000]) }),
      () => ({ kind: 'redis failed over to an older copy' }),
      () => ({ kind: 'redis killed' }),
      (random) => ({ kind: 'redis paused', forMs: random.int(1_000, 3_000) }),
    ],
  },
  sqs: {
    share: 0.03,
    kinds: [
      (_, { isShort }) => ({ kind: 'sqs down', forMs: isShort ? 20_000 : 120_000 }),
      (random) => ({ kind: 'sqs silent', forMs: random.int(10_000, 30_000) }),
      ...Array.from({ length: 4 }, (_, index): Make => {
        const kind = index % 2 === 0 ? 'sqs down' : 'sqs silent';
        return (random) => ({ kind, forMs: random.int(5_000, 25_000) });
      }),
    ],
  },
  'wake-ups': {
    share: 0.2,
    kinds: [
      () => ({ kind: 'wake-ups lost', fault: { kind: 'lost' } }),
      () => ({ kind: 'wake-ups doubled', fault: { kind: 'doubled' } }),
      (random) => ({
        kind: 'wake-ups delayed',
        fault: { kind: 'delayed', byMs: random.int(500, 10_000) },
      }),
      () => ({ kind: 'wake-ups reordered', fault: { kind: 'reordered' } }),
    ],
  },
  ticks: {
    share: 0.09,
    kinds: [
      () => ({ kind: 'two ticks at once', count: 2 }),
      () => ({ kind: 'tick skipped', count: 0 }),
      () => ({ kind: 'three ticks at once', count: 3 }),
    ],
  },
  clocks: {
    share: 0.08,
    kinds: (['worker', 'scheduler', 'api', 'worker'] as const).flatMap((name) => [
      (random: Random) => stepClock(random, name, 'clock stepped forward', 30_000),
      (random: Random) => stepClock(random, name, 'clock wrong from the start', 30_000),
      (random: Random) => stepClock(random, name, 'clock stepped back', -30_000),
      (random: Random) => stepClock(random, name, 'clock wrong from the start', -30_000),
      (random: Random) => stepClock(random, name, 'clock wrong from the start', random.int(1_000, 8_000)),
    ]),
  },
  versions: {
    share: 0.01,
    kinds: [(random) => ({ kind: 'old worker next to the new', forMs: random.int(10_000, 20_000) })],
  },
};

export type ClockFault = Extract<Fault, { offsetMs: number }>;

function stepClock(random: Random, name: FunctionName, kind: ClockFault['kind'], offsetMs: number): Fault {
  return { kind, function: name, place: random.next(), offsetMs, forMs: random.int(3_000, 15_000) };
}

export type FaultPlan = { lanes: { name: LaneName; faults: Fault[] }[]; count: number };

/** Plans `faults` faults: at least one in each lane, with the kinds of a lane in turn. A seed always gives the same plan. */
export function planFaults(seed: number, faults: number, size: PlanSize): FaultPlan {
  const lanes = LANE_NAMES.filter((name) => !size.without?.includes(name)).map((name) => {
    const { share, kinds } = LANES[name];
    const random = makeRandom(seed, `faults ${name}`);
    const count = Math.max(1, Math.round(faults * share));
    return {
      name,
      faults: Array.from({ length: count }, (_, index) => {
        const make = kinds[index % kinds.length];
        if (make === undefined) throw new Error(`the lane ${name} has no faults`);
        return make(random, size);
      }),
    };
  });
  return { lanes, count: lanes.reduce((sum, lane) => sum + lane.faults.length, 0) };
}
