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
  /** Bit d - 1 for day d. */
  daysOfMonth: number;
  /** The day of month names `L`. */
  lastDayOfMonth: boolean;
  /** Bit w for weekday w, 0 = Sunday. */
  weekdays: number;
  /** The weekdays given as `FRIL`: the last such day of the month. */
  lastWeekdays: number;
  /** 1 to 5 for `MON#1` to `MON#5`; 0 when every week counts. */
  nthWeekday: number;
  /** Whether a day must match day of month or day of week, or both of them. */
  dayRule: 'either' | 'both';
  /**
   * True: fires whenever the wall clock shows a matching time, so not in a gap and twice in an overlap. False: fires
   * once for each matching wall time, whatever the clock does.
   */
  followsClock: boolean;
};
