/** A cron expression, compiled. All values are those of the wall clock in `timeZone`. */
export type CronSchedule = {
  kind: 'cron';
  timeZone: string;
  /** Ascending, as are minutes and hours; none of the three is ever empty. */
  seconds: readonly number[];
  minutes: readonly number[];
  hours: readonly number[];
  /** Bit m for month m, 0 = January. */
  months: number;
  /** Ascending; undefined for every year. */
  years: readonly number[] | undefined;
  /** Bit d - 1 for day d. */
  daysOfMonth: number;
  /** Bit n for `L-n`, the day n days before the last of the month; bit 0 for `L`. */
  daysFromEnd: number;
  /** Bit d - 1 for `dW`: the day of Monday to Friday in the month that is nearest to day d. */
  workdays: number;
  /** `LW`: the last day of Monday to Friday in the month. */
  lastWorkday: boolean;
  /** Bit w for weekday w, 0 = Sunday. */
  weekdays: number;
  /** For the first to the fifth of a weekday in a month, given as `MON#1` to `MON#5`. */
  nthWeekdays: readonly [number, number, number, number, number];
  /** The weekdays given as `FRIL`: the last such day of the month. */
  lastWeekdays: number;
  /** Whether a day must match day of month or day of week, or both of them. */
  dayRule: 'either' | 'both';
  /**
   * True: fires whenever the wall clock shows a matching time, so not in a gap and twice in an overlap. False: fires
   * once for each matching wall time, whatever the clock does.
   */
  followsClock: boolean;
};

export type Schedule =
  | CronSchedule
  /** Every so many milliseconds of elapsed time, whatever the wall clock does. */
  | { kind: 'interval'; everyMs: number }
  /** At one instant, in epoch milliseconds. */
  | { kind: 'once'; atMs: number };
