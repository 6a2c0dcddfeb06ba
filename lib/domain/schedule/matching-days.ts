import type { CronSchedule } from './schedule.ts';

type DayFields = Pick<
  CronSchedule,
  | 'daysOfMonth'
  | 'daysFromEnd'
  | 'workdays'
  | 'lastWorkday'
  | 'weekdays'
  | 'nthWeekdays'
  | 'lastWeekdays'
  | 'dayRule'
>;

const WEEK = 0b111_1111;
const SATURDAY = 6;

/**
 * Returns the matching days of a month as a mask with bit d - 1 for day d. `firstWeekday` is the weekday of day 1 (0 is
 * Sunday), and `daysInMonth` is 28 to 31.
 */
export function matchingDays(fields: DayFields, firstWeekday: number, daysInMonth: number): number {
  const byMonth = fields.daysOfMonth | specialDays(fields, firstWeekday, daysInMonth);
  const byWeek =
    spread(fields.weekdays, firstWeekday) |
    nthDays(fields.nthWeekdays, firstWeekday) |
    (spread(fields.lastWeekdays, firstWeekday) & (WEEK << (daysInMonth - 7)));
  const matching = fields.dayRule === 'either' ? byMonth | byWeek : byMonth & byWeek;
  return matching & (0x7fff_ffff >>> (31 - daysInMonth));
}

/** Repeats weekdays over a month, so that bit 0 is the first day of the month. The caller clears bits after its end. */
function spread(weekdays: number, firstWeekday: number): number {
  const week = ((weekdays | (weekdays << 7)) >> firstWeekday) & WEEK;
  return week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
}

function nthDays(nthWeekdays: DayFields['nthWeekdays'], firstWeekday: number): number {
  let days = 0;
  for (let week = 0; week < nthWeekdays.length; week += 1) {
    const weekdays = nthWeekdays[week] ?? 0;
    if (weekdays !== 0) days |= spread(weekdays, firstWeekday) & (WEEK << (7 * week));
  }
  return days;
}

/**
 * Returns the days of `L`, `L-3`, `15W` and `LW`. There is none if the month lacks the day, as February does for `30W`.
 */
function specialDays(fields: DayFields, firstWeekday: number, daysInMonth: number): number {
  let days = 0;
  if (fields.daysFromEnd !== 0) {
    for (let day = 1; day <= daysInMonth; day += 1) {
      if ((fields.daysFromEnd & (1 << (daysInMonth - day))) !== 0) days |= 1 << (day - 1);
    }
  }
  if (fields.workdays !== 0) {
    for (let day = 1; day <= daysInMonth; day += 1) {
      if ((fields.workdays & (1 << (day - 1))) !== 0) days |= workday(day, firstWeekday, daysInMonth);
    }
  }
  return fields.lastWorkday ? days | workday(daysInMonth, firstWeekday, daysInMonth) : days;
}

/** Returns the day from Monday to Friday that is nearest to a day and in the same month. */
function workday(day: number, firstWeekday: number, daysInMonth: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === SATURDAY) return 1 << (day === 1 ? day + 1 : day - 2);
  if (weekday === 0) return 1 << (day === daysInMonth ? day - 3 : day);
  return 1 << (day - 1);
}
