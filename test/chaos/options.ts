import { CommandLineError, integerOption, readCommandLine } from '../../local/commands/command-line.ts';
import { LANE_NAMES, type LaneName } from './faults/plan.ts';
import { MS_PER_FAULT } from './faults/storm.ts';

const POSITIVE = { min: 1, max: 9_999_999_999 };

export const chaosCommand = {
  name: 'npm run chaos',
  does: 'Runs a whole Belfry, breaks every part of it while jobs are posted, and checks the promises.',
  options: {
    faults: {
      type: 'string',
      value: 'N',
      help: 'faults to inject; 1000 by default, which takes about 25 minutes',
    },
    minutes: { type: 'string', value: 'N', help: 'injects as many faults as fit into N minutes' },
    short: { type: 'boolean', help: 'injects 72 faults, about 4 minutes in all' },
    seed: {
      type: 'string',
      value: 'N',
      help: 'repeats the faults, points, targets and traffic of an earlier run',
    },
    without: {
      type: 'string',
      multiple: true,
      value: 'LANE',
      help: `no faults of this lane: ${LANE_NAMES.join(', ')}; may be repeated`,
    },
    tick: { type: 'string', value: 'N', help: 'seconds between ticks; 5 by default' },
    recovery: { type: 'boolean', help: 'measures how long recovery takes, instead' },
  },
  details: [
    'Exit status: 0 when every promise held, 1 when one was broken, 2 when the run failed.',
    'docs/testing/chaos.md describes faults and checks.',
  ],
} as const;

export type Options = {
  kind: 'storm' | 'recovery';
  seed: number;
  faults: number;
  isShort: boolean;
  without: readonly LaneName[];
  tickEveryMs: number;
};

const LONG_FAULTS = 1_000;
const SHORT_FAULTS = 72;

/** @throws CommandLineError */
export function readOptions(args: string[], drawSeed: () => number): Options {
  const { values } = readCommandLine(chaosCommand, args);
  const isShort = values.short === true;
  const minutes = positive('minutes', values.minutes);
  const byTime = minutes === undefined ? undefined : Math.round((minutes * 60_000) / MS_PER_FAULT);
  return {
    kind: values.recovery === true ? 'recovery' : 'storm',
    seed: positive('seed', values.seed) ?? drawSeed(),
    faults: positive('faults', values.faults) ?? byTime ?? (isShort ? SHORT_FAULTS : LONG_FAULTS),
    isShort,
    without: laneNames(values.without ?? []),
    tickEveryMs: (positive('tick', values.tick) ?? 5) * 1_000,
  };
}

function laneNames(names: readonly string[]): LaneName[] {
  return names.map((name) => {
    const lane = LANE_NAMES.find((known) => known === name);
    if (lane === undefined) throw new CommandLineError(`--without takes one of ${LANE_NAMES.join(', ')}`);
    return lane;
  });
}

function positive(name: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : integerOption(name, text, POSITIVE);
}
