import type { Services } from '../../test/support/services.ts';
import { summarize, type Summary } from '../../test/support/stats.ts';

export type Figure = Summary & {
  name: string;
  unit: string;
  /** How many jobs, requests or other units one repetition processes. */
  n: string;
  goal?: { atLeast: number } | { atMost: number };
  /** The limit of a part that the figure above it depends on. */
  isLimit: boolean;
};

export type Options = {
  isProfiled: boolean;
  repetitions: number;
  /** For a short run of a scenario that takes long: fewer jobs than it measures with otherwise. */
  jobs?: number;
  /** Where the loaded data are kept for the next run. */
  data?: string;
  /** The actions that the scenario measures; all of them where this is missing. */
  actions?: readonly string[];
};

export type Bench = {
  services: Services;
  options: Options;
  /** Says what is being done. */
  progress: (line: string) => void;
  /** A line that belongs to the results: a check that was made, a plan that was seen. */
  note: (line: string) => void;
  /** Adds a figure, of one value for each repetition. */
  figure: (name: string, unit: string, n: string, values: readonly number[], goal?: Figure['goal']) => void;
  /** The same, for what bounds the figure before. */
  limit: (name: string, unit: string, n: string, values: readonly number[]) => void;
};

export type Scenario = {
  name: string;
  title: string;
  /** How often it measures, unless told otherwise; 3 times where this is missing. */
  repetitions?: number;
  /** Runs only when it is named, not with all the others. */
  isOnlyByName?: boolean;
  run: (bench: Bench) => Promise<void>;
};

export type ScenarioResult = {
  scenario: string;
  title: string;
  loadBefore: number;
  loadAfter: number;
  figures: Figure[];
  notes: string[];
};

export function makeFigure(
  figure: Pick<Figure, 'name' | 'unit' | 'n' | 'isLimit'> & { goal?: Figure['goal'] },
  values: readonly number[],
): Figure {
  const { goal, ...rest } = figure;
  return { ...rest, ...summarize(values), ...(goal === undefined ? {} : { goal }) };
}

function isMet({ goal, median }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return 'atLeast' in goal ? median >= goal.atLeast : median <= goal.atMost;
}

const digits = (value: number): number => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
const shown = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits(value) });

/** The results of a scenario, one line a figure; what bounds a figure is indented below it. */
export function printResult(result: ScenarioResult): void {
  const load = `load ${result.loadBefore.toFixed(2)} before, ${result.loadAfter.toFixed(2)} after`;
  console.log(`\n${result.scenario}: ${result.title} (${load})`);
  for (const figure of result.figures) {
    const { name, unit, n, median, min, max, repetitions, isLimit, goal } = figure;
    const range = repetitions > 1 ? ` (${shown(min)}–${shown(max)}, ${repetitions} times)` : '';
    const met = isMet(figure) === true ? 'met' : 'MISSED';
    const bound =
      goal === undefined
        ? ''
        : `, goal ${'atLeast' in goal ? `≥ ${shown(goal.atLeast)}` : `≤ ${shown(goal.atMost)}`}: ${met}`;
    console.log(
      `  ${`${isLimit ? '  next to it: ' : ''}${name}`.padEnd(64)} ${shown(median)} ${unit}${range}, n = ${n}${bound}`,
    );
  }
  for (const line of result.notes) console.log(`  · ${line}`);
}
