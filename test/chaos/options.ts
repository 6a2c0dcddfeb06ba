import { parseArgs } from 'node:util';
import { LANE_NAMES, type LaneName } from './faults/plan.ts';
import { MS_PER_FAULT } from './faults/storm.ts';

export const usage = `npm run chaos -- [options]

  --faults N     how many faults are injected; 1000, which takes about 25 minutes
  --minutes N    the same by the time they take
  --short        some tens of faults, about 4 minutes in all
  --seed N       faults, points, targets and traffic of an earlier run
  --without LANE no faults of kills, postgresql, redis, sqs, wake-ups, ticks, clocks or versions; may be repeated
  --tick N       seconds between ticks; 5
  --recovery     measures how long it takes to recover, instead
  --help`;

export type Options = {
  kind: 'storm' | 'recovery';
  seed: number;
  faults: number;
  isShort: boolean;
  without: readonly LaneName[];
  tickEveryMs: number;
};

export class UsageError extends Error {}

const LONG_FAULTS = 1_000;
const SHORT_FAULTS = 72;

/** @returns undefined when help is asked for. @throws UsageError that names what is wrong. */
export function readOptions(args: string[], drawSeed: () => number): Options | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const isShort = values.short === true;
  const minutes = wholeNumber('minutes', values.minutes);
  const byTime = minutes === undefined ? undefined : Math.round((minutes * 60_000) / MS_PER_FAULT);
  return {
    kind: values.recovery === true ? 'recovery' : 'storm',
    seed: wholeNumber('seed', values.seed) ?? drawSeed(),
    faults: wholeNumber('faults', values.faults) ?? byTime ?? (isShort ? SHORT_FAULTS : LONG_FAULTS),
    isShort,
    without: laneNames(values.without ?? []),
    tickEveryMs: (wholeNumber('tick', values.tick) ?? 5) * 1_000,
  };
}

function laneNames(names: readonly string[]): LaneName[] {
  return names.map((name) => {
    const lane = LANE_NAMES.find((known) => known === name);
    if (lane === undefined) throw new UsageError(`--without takes one of ${LANE_NAMES.join(', ')}`);
    return lane;
  });
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`--${name} must be a whole number from 1 on`);
  return Number(text);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        faults: { type: 'string' },
        minutes: { type: 'string' },
        short: { type: 'boolean' },
        seed: { type: 'string' },
        without: { type: 'string', multiple: true },
        tick: { type: 'string' },
        recovery: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
