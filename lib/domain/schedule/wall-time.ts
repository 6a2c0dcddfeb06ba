import { matchingDays } from './matching-days.ts';
import type { CronSchedule } from './schedule.ts';
import { DAY_MS } from '../day.ts';

// There are 14 kinds of years (by the first weekday, and leap year or not). Each kind occurs again within 40 years,
// even across a year such as 2100. So a date that does not occur in the 40 complete years after this one never occurs.
const SEARCHED_MONTHS = 41 * 12;

/**
 * Returns the first wall time at or after `fromWallMs` that matches the fields, as if the clock had no changes, or
 * Infinity if there is none. A wall time is the date and time of the wall clock read as UTC, in milliseconds.
 * `fromWallMs` must be a full second.
 */
export function nextWallTime(cron: CronSchedule, fromWallMs: number): number {
  const fromDay = Math.floor(fromWallMs / DAY_MS);
  const timeToday = nextTimeOfDay(cron, (fromWallMs - fromDay * DAY_MS) / 1_000);
  const day = nextDay(cron, timeToday === Infinity ? fromDay + 1 : fromDay);
  return day * DAY_MS + 1_000 * (day === fromDay ? timeToday : nextTimeOfDay(cron, 0));
}

/** Returns the next matching time of the day in seconds since midnight, or Infinity if there is none. */
function nextTimeOfDay(cron: CronSchedule, fromSecond: number): number {
  const fromHour = Math.floor(fromSecond / 3_600);
  const fromMinute = Math.floor(fromSecond / 60) % 60;
  const hour = atOrAfter(cron.hours, fromHour);
  if (hour > fromHour) return hour * 3_600 + atOrAfter(cron.minutes, 0) * 60 + atOrAfter(cron.seconds, 0);
  const minute = atOrAfter(cron.minutes, fromMinute);
  if (minute === Infinity) return nextTimeOfDay(cron, (hour + 1) * 3_600);
  const second = atOrAfter(cron.seconds, minute > fromMinute ? 0 : fromSecond % 60);
  if (second === Infinity) return nextTimeOfDay(cron, hour * 3_600 + (minute + 1) * 60);
  return hour * 3_600 + minute * 60 + second;
}

/** Returns the next matching day in days since the epoch, or Infinity if there is none. */
function nextDay(cron: CronSchedule, fromDay: number): number {
  const from = new Date(fromDay * DAY_MS);
  const firstMonth = from.getUTCFullYear() * 12 + from.getUTCMonth();
  const lastMonth =
    cron.years === undefined ? firstMonth + SEARCHED_MONTHS : 12 * (cron.years.at(-1) ?? 0) + 11;
  for (let month = firstMonth; month <= lastMonth; month += 1) {
    const monthOfYear = month % 12;
    if ((cron.months & (1 << monthOfYear)) === 0) continue;
    const year = Math.floor(month / 12);
    if (cron.years !== undefined && !cron.years.includes(year)) continue;
    const start = Date.UTC(year, monthOfYear) / DAY_MS;
    const daysInMonth = Date.UTC(year, monthOfYear + 1) / DAY_MS - start;
    const days = matchingDays(cron, weekdayOf(start), daysInMonth) & (-1 << Math.max(0, fromDay - start));
    if (days !== 0) return start + lowestBit(days);
  }
  return Infinity;
}

/** Returns the weekday, where 0 is Sunday. The epoch was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

function atOrAfter(ascending: readonly number[], from: number): number {
  for (const value of ascending) if (value >= from) return value;
  return Infinity;
}
