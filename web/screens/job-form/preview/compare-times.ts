export type TimesCompared = {
  gained: number[];
  lost: number[];
  /** How far both lists reach: before the end of the window if one was cut. */
  untilMs: number;
};

type Times = { timesMs: readonly number[]; isCut: boolean };

const endOf = ({ timesMs, isCut }: Times, untilMs: number): number =>
  isCut ? Math.min(untilMs, timesMs.at(-1) ?? untilMs) : untilMs;

/** Compares the times of a schedule before and after a change. */
export function compareTimes(before: Times, after: Times, untilMs: number): TimesCompared {
  const endMs = Math.min(endOf(before, untilMs), endOf(after, untilMs));
  const isIn = (timeMs: number): boolean => timeMs <= endMs;
  const had = new Set(before.timesMs);
  const has = new Set(after.timesMs);
  return {
    gained: after.timesMs.filter((timeMs) => isIn(timeMs) && !had.has(timeMs)),
    lost: before.timesMs.filter((timeMs) => isIn(timeMs) && !has.has(timeMs)),
    untilMs: endMs,
  };
}
