export type ChartSeries = {
  label: string;
  /** The value of the whole span. It shows while the cursor is elsewhere. */
  total?: number;
  /** A token, such as `--good-mark`. */
  colour: string;
  /** Whether its bars may end at the edge of the scale, so that they do not make the other series too small to see. */
  mayExceed?: boolean;
  /** One value for each instant of the chart. Null where nothing is known. */
  values: readonly (number | null)[];
};

/** What a chart shows, next to its title and its instants. */
export type ChartContent = { figure: string; sentence: string; series: readonly ChartSeries[] };

/**
 * `bars` are stacked. `log` is a line on a scale of powers of ten, for values that differ by as much. `shares` are lines of values
 * from 0 to 1.
 */
export type ChartLook = 'bars' | 'lines' | 'log' | 'shares';

/** Adds each series to those before it, so that they lie on top of each other. */
export function stack(series: readonly ChartSeries[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const { values } of series) {
    const below = sums.at(-1);
    sums.push(values.map((value, index) => (value === null ? null : value + (below?.[index] ?? 0))));
  }
  return sums;
}

/** How much of a scale is left to series that may exceed it. */
const ROOM = 1.5;

/** The largest value of a scale of bars, if some series may exceed it and others have values. */
export function scaleLimit(series: readonly ChartSeries[]): number {
  const within = series.filter(({ mayExceed }) => mayExceed !== true);
  const most = Math.max(0, ...(stack(within).at(-1) ?? []).map((value) => value ?? 0));
  return within.length === series.length || most === 0 ? Infinity : ROOM * most;
}

/** A scale of powers of ten begins at 1: values below it lie there. */
export const atLeastOne = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => (value === null ? null : Math.max(1, value)));

/** The places of values without a neighbour. A line has no part there, so they are drawn as points. */
export const lonePlaces = (values: readonly (number | null | undefined)[]): number[] =>
  values.flatMap((value, place) =>
    typeof value === 'number' &&
    typeof values[place - 1] !== 'number' &&
    typeof values[place + 1] !== 'number'
      ? [place]
      : [],
  );
