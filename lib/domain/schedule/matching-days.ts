import type { CronSchedule } from './cron-schedule.ts';

type DayFields = Pick<
  CronSchedule,
  'daysOfMonth' | 'lastDayOfMonth' | 'weekdays' | 'lastWeekdays' | 'nthWeekday' | 'dayRule'
>;

const WEEK = 0b111_1111;

/**
 * The matching days of a month as a mask: bit d - 1 for day d. `firstWeekday` is that of day 1 (0 = Sunday),
 * `daysInMonth` 28 to 31.
 */
export function matchingDays(fields: DayFields, firstWeekday: number, daysInMonth: number): number {
  const byMonth = fields.daysOfMonth | (fields.lastDayOfMonth ? 1 << (daysInMonth - 1) : 0);
  const weeks = fields.nthWeekday === 0 ? -1 : WEEK << (7 * (fields.nthWeekday - 1));
  const byWeek =
    (spread(fields.weekdays, firstWeekday) & weeks) |
    (spread(fields.lastWeekdays, firstWeekday) & (WEEK << (daysInMonth - 7)));
  const matching = fields.dayRule === 'either' ? byMonth | byWeek : byMonth & byWeek;
  return matching & (0x7fff_ffff >>> (31 - daysInMonth));
}

/** Weekdays repeated over a month, so that bit 0 is the first of the month; bits past its end are left to the caller. */
function spread(weekdays: number, firstWeekday: number): number {
  const week = ((weekdays | (weekdays << 7)) >> firstWeekday) & WEEK;
  return week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
}
