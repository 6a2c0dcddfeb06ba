import { type CronField, cronFields, fieldValue, fieldValues, invalidField } from './cron-field.ts';
import type { CronSchedule } from './schedule.ts';

type DaysOfMonth = Pick<CronSchedule, 'daysOfMonth' | 'daysFromEnd' | 'workdays' | 'lastWorkday'>;
type DaysOfWeek = Pick<CronSchedule, 'weekdays' | 'nthWeekdays' | 'lastWeekdays'>;

const MAX_FROM_END = 30;
const EVERY_WEEKDAY = 0b111_1111;
const SATURDAY = 0b100_0000;

/**
 * Parses a day of month: a list of values, `L`, `L-3`, `LW` and `15W`, or `?` for any day.
 *
 * @throws InvalidScheduleError
 */
export function parseDaysOfMonth(text: string): DaysOfMonth {
  const field = cronFields.dayOfMonth;
  const days: DaysOfMonth = { daysOfMonth: 0, daysFromEnd: 0, workdays: 0, lastWorkday: false };
  for (const item of text === '?' ? ['*'] : text.split(',')) {
    const fromEnd = /^L(?:-(?<days>\d{1,2}))?$/.exec(item);
    const workday = /^(?<day>\d{1,2})W$/.exec(item)?.groups?.['day'];
    if (fromEnd !== null) {
      const before = Number(fromEnd.groups?.['days'] ?? 0);
      if (before > MAX_FROM_END) throw invalidField(field, item, `use L-1 to L-${MAX_FROM_END}`);
      days.daysFromEnd |= 1 << before;
    } else if (item === 'LW') {
      days.lastWorkday = true;
    } else if (workday !== undefined) {
      days.workdays |= 1 << (fieldValue(field, workday) - 1);
    } else {
      for (const day of fieldValues(field, item)) days.daysOfMonth |= 1 << (day - 1);
    }
  }
  return days;
}

/**
 * Parses a day of week: a list of values, `FRIL` and `MON#1`, or `?` for any day. With `isAws`, days are counted from
 * 1, and `L` is the last day of the week.
 *
 * @throws InvalidScheduleError
 */
export function parseDaysOfWeek(text: string, { isAws }: { isAws: boolean }): DaysOfWeek {
  const field: CronField = isAws ? cronFields.dayOfWeekOnAws : cronFields.dayOfWeek;
  const bit = (value: number): number => 1 << ((isAws ? value - 1 : value) % 7);
  const nthWeekdays: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  let weekdays = 0;
  let lastWeekdays = 0;
  for (const item of text === '?' ? ['*'] : text.split(',')) {
    const last = /^(?<day>[0-9A-Z]+)L$/.exec(item)?.groups?.['day'];
    const [, day, nth] = /^([0-9A-Z]+)#([1-5])$/.exec(item) ?? [];
    if (day !== undefined) {
      const week = Number(nth) - 1;
      nthWeekdays[week] = (nthWeekdays[week] ?? 0) | bit(fieldValue(field, day));
    } else if (last !== undefined) {
      lastWeekdays |= bit(fieldValue(field, last));
    } else if (isAws && item === 'L') {
      weekdays |= SATURDAY;
    } else {
      for (const value of fieldValues(field, item)) weekdays |= bit(value);
    }
  }
  return { weekdays: weekdays & EVERY_WEEKDAY, nthWeekdays, lastWeekdays };
}
