import { parseArgs } from 'node:util';

export type SoakOptions = {
  minutes: number;
  /** Executions a second; undefined: half of what the machine does at full speed. */
  perSecond: number | undefined;
  /** A file that all samples are written to. */
  samples: string | undefined;
};

/** @throws Error that says what is wrong. */
export function readSoakOptions(args: string[]): SoakOptions {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '2' },
      rate: { type: 'string' },
      samples: { type: 'string' },
    },
  });
  return {
    minutes: atLeastOne('--minutes', values.minutes),
    perSecond: values.rate === undefined ? undefined : atLeastOne('--rate', values.rate),
    samples: values.samples,
  };
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 100_000) return value;
  throw new Error(`${name} is ${text}; it must be a number from 1 to 100,000`);
}
