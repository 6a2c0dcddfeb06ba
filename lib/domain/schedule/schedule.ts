/** A compiled cron. All values refer to the wall clock in `timeZone`. */
export type CronSchedule = {
  kind: 'cron';
  timeZone: string;
  /** In ascending order, like minutes and hours. None of the three is empty. */
  seconds: readonly number[];
  minutes: readonly number[];
  hours: readonly number[];
  /** Bit m for month m, 0 = January. */
  months: number;
  /** In ascending order. Undefined for every year. */
  years: readonly number[] | undefined;
  /** Bit d - 1 for day d. */
  daysOfMonth: number;
  /** Bit n for `L-n`, the day n days before the last of the month; bit 0 for `L`. */
  daysFromEnd: number;
  /** Bit d - 1 for `dW`: the day from Monday to Friday in the month that is nearest to day d. */
  workdays: number;
  /** `LW`: the last day from Monday to Friday in the month. */
  lastWorkday: boolean;
  /** Bit w for weekday w, 0 = Sunday. */
  weekdays: number;
  /** Masks of weekdays for `MON#1` to `MON#5`: the first to the fifth such weekday in the month. */
  nthWeekdays: readonly [number, number, number, number, number];
  /** Mask of weekdays for `FRIL`: the last such weekday in the month. */
  lastWeekdays: number;
  /** Whether a day must match either day of month or day of week, or both. */
  dayRule: 'either' | 'both';
  /**
   * If true, the cron is due whenever the wall clock shows a matching time: never in a gap, and twice in an overlap. If
   * false, it is due once for each matching wall time.
   */
  followsClock: boolean;
};

export type Schedule =
  | CronSchedule
  /** Recurs after a fixed elapsed time, regardless of changes of the wall clock. */
  | { kind: 'interval'; everyMs: number }
  /** Is due at one instant, in epoch milliseconds. */
  | { kind: 'once'; atMs: number };
