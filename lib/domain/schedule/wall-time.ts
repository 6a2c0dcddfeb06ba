import { matchingDays } from './matching-days.ts';
import type { CronSchedule } from './schedule.ts';
import { DAY_MS } from '../day.ts';

// A year has one of 14 shapes (its first weekday, leap or not), and each comes again within 40 years, even across a
// year such as 2100: what the 40 whole years after this one do not have never comes.
const SEARCHED_MONTHS = 41 * 12;

/**
 * The first wall time at or after `fromWallMs` that the fields match, as if the clock had no changes; Infinity when it
 * never comes. A wall time is in milliseconds, the date and time of the wall clock read as UTC; `fromWallMs` is a whole second.
 */
export function nextWallTime(cron: CronSchedule, fromWallMs: number): number {
  const fromDay = Math.floor(fromWallMs / DAY_MS);
  const timeToday = nextTimeOfDay(cron, (fromWallMs - fromDay * DAY_MS) / 1_000);
  const day = nextDay(cron, timeToday === Infinity ? fromDay + 1 : fromDay);
  return day * DAY_MS + 1_000 * (day === fromDay ? timeToday : nextTimeOfDay(cron, 0));
}

/** In seconds since midnight; Infinity when the day has no more. */
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

/** In days since the epoch; Infinity when no such day comes. */
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

/** 0 = Sunday; the epoch was a Thursday. */
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
