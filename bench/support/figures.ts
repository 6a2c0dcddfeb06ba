import type { Services } from '../../test/support/services.ts';
import { summarize, type Summary } from '../../test/support/stats.ts';

export type Figure = Summary & {
  name: string;
  unit: string;
  /** How many jobs, requests or other units one repetition processes. */
  n: string;
  goal?: { atLeast: number } | { atMost: number };
  /** Whether the figure is the limit of a part on which the previous figure depends. */
  isLimit: boolean;
};

export type Options = {
  isProfiled: boolean;
  repetitions: number;
  /** The number of jobs, for a short run of a long scenario. Undefined for its usual number. */
  jobs?: number;
  /** The folder that keeps the loaded data for the next run. */
  data?: string;
  /** The actions that the scenario measures. Undefined for all. */
  actions?: readonly string[];
};

export type Bench = {
  services: Services;
  options: Options;
  /** Reports the current step. */
  progress: (line: string) => void;
  /** Adds a line to the results, about a check or a plan. */
  note: (line: string) => void;
  /** Adds a figure with one value for each repetition. */
  figure: (name: string, unit: string, n: string, values: readonly number[], goal?: Figure['goal']) => void;
  /** Adds the limit of a part on which the previous figure depends. */
  limit: (name: string, unit: string, n: string, values: readonly number[]) => void;
};

export type Scenario = {
  name: string;
  title: string;
  /** The default number of repetitions. Undefined for 3. */
  repetitions?: number;
  /** Runs only when its name is given, not with all scenarios. */
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

/** Formats the results of a scenario, with one line for each figure. The limit of a figure is indented below it. */
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
