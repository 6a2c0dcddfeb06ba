import type { CronSchedule } from '../schedule/schedule.ts';

export const MINUTE_MS = 60_000;

/** A window of whole minutes: from `fromMs` (inclusive) to `untilMs` (exclusive). */
export type LoadWindow = { fromMs: number; untilMs: number };

/** Jobs with the same cron. */
export type CronJobs = { cron: CronSchedule; jobs: number };

/** Jobs with the same interval that are due in the same seconds. `anyMs` is one of their times. */
export type IntervalJobs = { everyMs: number; anyMs: number; jobs: number };

/** Jobs that run once, in the same minute. */
export type SingleJobs = { minuteMs: number; jobs: number };

export type Load = {
  /** The number of runs in each minute of the window. */
  perMinute: Float64Array;
  /** False if schedules beyond the budget were spread evenly over the window. */
  isExact: boolean;
};

/** The work that is left. A step adds the runs of one minute. */
export type Budget = { steps: number };

export const minutesOf = ({ fromMs, untilMs }: LoadWindow): number =>
  Math.round((untilMs - fromMs) / MINUTE_MS);

/** Adds runs to a minute. */
export function addRuns(perMinute: Float64Array, minute: number, runs: number): void {
  perMinute[minute] = (perMinute[minute] ?? 0) + runs;
}

/** Adds the same number of runs to every minute. */
export function addEvenly(perMinute: Float64Array, runs: number): void {
  for (let minute = 0; minute < perMinute.length; minute += 1) addRuns(perMinute, minute, runs);
}

export function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}
