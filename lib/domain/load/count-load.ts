import { countCrons } from './count-crons.ts';
import { countIntervals } from './count-intervals.ts';
import {
  addRuns,
  type CronJobs,
  type IntervalJobs,
  type Load,
  type LoadWindow,
  MINUTE_MS,
  minutesOf,
  type SingleJobs,
} from './load.ts';

/** About a second of work. A million jobs with 10,000 different crons, over 31 days, take a fraction of it. */
const MAX_STEPS = 200_000_000;

/**
 * Counts the runs of jobs in each minute of a window. The work is bounded: schedules for which the budget is too small are
 * spread evenly over the window, and the result is then not exact.
 */
export function countLoad(
  {
    crons,
    intervals,
    singles,
  }: { crons: readonly CronJobs[]; intervals: readonly IntervalJobs[]; singles: readonly SingleJobs[] },
  window: LoadWindow,
  maxSteps = MAX_STEPS,
): Load {
  const perMinute = new Float64Array(minutesOf(window));
  for (const { minuteMs, jobs } of singles) {
    const minute = (minuteMs - window.fromMs) / MINUTE_MS;
    if (minute >= 0 && minute < perMinute.length) addRuns(perMinute, minute, jobs);
  }
  const budget = { steps: maxSteps };
  const hasExactIntervals = countIntervals(intervals, window, perMinute, budget);
  const hasExactCrons = countCrons(crons, window, perMinute, budget);
  return { perMinute, isExact: hasExactIntervals && hasExactCrons };
}

/** Returns the places of the busiest minutes, the busiest first, and the earlier of two that are equally busy. */
export function busiestMinutes(
  { perMinute }: { perMinute: Float64Array | readonly number[] },
  count: number,
): number[] {
  const busiest: number[] = [];
  for (const [minute, runs] of perMinute.entries()) {
    if (runs === 0) continue;
    const place = busiest.findIndex((other) => (perMinute[other] ?? 0) < runs);
    if (place === -1 && busiest.length >= count) continue;
    busiest.splice(place === -1 ? busiest.length : place, 0, minute);
    if (busiest.length > count) busiest.pop();
  }
  return busiest;
}
