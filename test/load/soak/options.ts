import { integerOption } from '../../../local/commands/command-line.ts';

export type SoakOptions = {
  minutes: number;
  /** Executions a second; undefined: half of the machine's full speed. */
  perSecond: number | undefined;
  /** A file that all samples are written to. */
  samples: string | undefined;
};

export const soakCommand = {
  name: 'npm run soak',
  does: 'Runs half of full speed through a whole Belfry, and checks that memory, keys, tables and connections do not grow.',
  options: {
    minutes: {
      type: 'string',
      default: '2',
      value: 'N',
      help: 'length of the run, without its start and end; 2 by default',
    },
    rate: {
      type: 'string',
      value: 'N',
      help: "executions a second; by default half of the machine's full speed",
    },
    samples: { type: 'string', value: 'FILE', help: 'writes all samples to FILE' },
  },
  details: [
    'Exit status: 0 when every limit was kept, 1 when not. docs/testing/load.md describes the limits.',
  ],
} as const;

type Values = { minutes: string; rate?: string | undefined; samples?: string | undefined };

/** @throws CommandLineError */
export function readSoakOptions({ minutes, rate, samples }: Values): SoakOptions {
  const range = { min: 1, max: 100_000 };
  return {
    minutes: integerOption('minutes', minutes, range),
    perSecond: rate === undefined ? undefined : integerOption('rate', rate, range),
    samples,
  };
}
