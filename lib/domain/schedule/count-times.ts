import { DAY_MS } from '../day.ts';
import { matchingDays } from './matching-days.ts';
import { latestWallTime } from './next-time.ts';
import type { CronSchedule, Schedule } from './schedule.ts';
import { type OffsetSpan, spanAt } from './time-zone.ts';
import { nextWallTime } from './wall-time.ts';

const SECOND_MS = 1_000;

/**
 * Counts the occurrences from `firstMs` to `lastMs`, both inclusive. `firstMs` is an occurrence, and counts as one even if the
 * schedule no longer has it. It counts by months, and visits no occurrence: ten years of an occurrence per second take about 200
 * steps.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function countTimes(schedule: Schedule, firstMs: number, lastMs: number): number {
  if (lastMs < firstMs) return 0;
  if (schedule.kind === 'once') return 1;
  if (schedule.kind === 'interval') return Math.floor((lastMs - firstMs) / schedule.everyMs) + 1;
  return 1 + countCron(schedule, nextSecond(firstMs), nextSecond(lastMs));
}

const nextSecond = (ms: number): number => Math.floor(ms / SECOND_MS) * SECOND_MS + SECOND_MS;

/** Counts the times of a cron from `fromMs` to before `untilMs`, both full seconds. Each span with one offset is counted in turn. */
function countCron(cron: CronSchedule, fromMs: number, untilMs: number): number {
  if (fromMs >= untilMs) return 0;
  const { timeZone, followsClock } = cron;
  let span = spanAt(timeZone, fromMs);
  // A fixed time that comes twice runs the first time only, so a part of the wall clock that was shown is left out.
  let shownMs = followsClock ? -Infinity : latestWallTime(timeZone, fromMs - SECOND_MS) + SECOND_MS;
  let count = 0;
  for (;;) {
    const { startMs, endMs, offsetMs } = span;
    const wallFromMs = Math.max(startMs, fromMs) + offsetMs;
    const wallUntilMs = Math.min(endMs, untilMs) + offsetMs;
    if (!followsClock) count += timesInGap(cron, span, shownMs, fromMs);
    count += countWallTimes(cron, Math.max(wallFromMs, shownMs), wallUntilMs);
    if (!followsClock) shownMs = Math.max(shownMs, wallUntilMs);
    if (endMs >= untilMs) return count;
    span = spanAt(timeZone, endMs);
  }
}

/**
 * All times in the gap before a span are one run at its end. If the cron is due at the end anyway, it is that run.
 *
 * @param shownMs the first wall time that the clock had not shown before the span.
 */
function timesInGap(cron: CronSchedule, { startMs, offsetMs }: OffsetSpan, shownMs: number, fromMs: number) {
  const endMs = startMs + offsetMs;
  if (startMs < fromMs || shownMs >= endMs) return 0;
  return nextWallTime(cron, shownMs) < endMs && nextWallTime(cron, endMs) !== endMs ? 1 : 0;
}

/** Counts the wall times of a cron from `fromMs` to before `untilMs`, as if the clock had no changes. */
function countWallTimes(cron: CronSchedule, fromMs: number, untilMs: number): number {
  if (fromMs >= untilMs) return 0;
  const [fromDay, untilDay] = [Math.floor(fromMs / DAY_MS), Math.floor(untilMs / DAY_MS)];
  const partOf = (day: number, ms: number): number =>
    countDays(cron, day, day + 1) === 0 ? 0 : countTimesOfDay(cron, (ms - day * DAY_MS) / SECOND_MS);
  const perDay = cron.hours.length * cron.minutes.length * cron.seconds.length;
  const wholeDays = fromDay === untilDay ? 0 : perDay * countDays(cron, fromDay, untilDay);
  return wholeDays + partOf(untilDay, untilMs) - partOf(fromDay, fromMs);
}

/** Counts the times of a matching day before a second of the day. */
function countTimesOfDay({ hours, minutes, seconds }: CronSchedule, second: number): number {
  const hour = Math.floor(second / 3_600);
  const minute = Math.floor(second / 60) % 60;
  const ofHour = hours.includes(hour) ? countBelow(minutes, minute) * seconds.length : 0;
  const ofMinute = hours.includes(hour) && minutes.includes(minute) ? countBelow(seconds, second % 60) : 0;
  return countBelow(hours, hour) * minutes.length * seconds.length + ofHour + ofMinute;
}

/** Counts the matching days from one to before another, in days since the epoch. */
function countDays(cron: CronSchedule, fromDay: number, untilDay: number): number {
  let count = 0;
  let day = fromDay;
  while (day < untilDay) {
    const date = new Date(day * DAY_MS);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const start = Date.UTC(year, month) / DAY_MS;
    const end = Date.UTC(year, month + 1) / DAY_MS;
    if ((cron.months & (1 << month)) !== 0 && cron.years?.includes(year) !== false) {
      const matching = matchingDays(cron, new Date(start * DAY_MS).getUTCDay(), end - start);
      count += bitsBelow(matching, Math.min(untilDay, end) - start) - bitsBelow(matching, day - start);
    }
    day = end;
  }
  return count;
}

function countBelow(ascending: readonly number[], limit: number): number {
  const place = ascending.findIndex((value) => value >= limit);
  return place === -1 ? ascending.length : place;
}

/** Counts the bits of a mask below a place from 0 to 31. */
function bitsBelow(mask: number, place: number): number {
  let rest = place >= 31 ? mask : mask & ((1 << place) - 1);
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
