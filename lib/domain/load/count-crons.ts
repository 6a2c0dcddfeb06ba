import { DAY_MS } from '../day.ts';
import { matchingDays } from '../schedule/matching-days.ts';
import { latestWallTime } from '../schedule/next-time.ts';
import type { CronSchedule } from '../schedule/schedule.ts';
import { spanAt } from '../schedule/time-zone.ts';
import { nextWallTime } from '../schedule/wall-time.ts';
import { addEvenly, addRuns, type Budget, type CronJobs, type LoadWindow, MINUTE_MS } from './load.ts';

const MINUTES_OF_DAY = 1_440;

/**
 * Adds the runs of crons to the minutes of a window. Crons with the same days and time zone are added to one pattern of a day
 * first, and then the pattern to each matching day. So many crons cost little more than one.
 *
 * @returns false if the budget was too small for some crons, which are then spread evenly.
 */
export function countCrons(
  groups: readonly CronJobs[],
  window: LoadWindow,
  perMinute: Float64Array,
  budget: Budget,
): boolean {
  const pattern = new Float64Array(MINUTES_OF_DAY);
  let isExact = true;
  for (const same of Map.groupBy(groups, ({ cron }) => keyOf(cron)).values()) {
    const [first] = same;
    if (first === undefined) continue;
    pattern.fill(0);
    for (const group of same) addTimes(pattern, group, window, perMinute);
    if (budget.steps > 0) budget.steps -= addDays(pattern, first.cron, window, perMinute);
    else isExact = spread(pattern, first.cron, window, perMinute) && isExact;
  }
  return isExact;
}

/** Is the same for crons that differ only in their times of a day. */
function keyOf(cron: CronSchedule): string {
  const { timeZone, followsClock, months, years, daysOfMonth, daysFromEnd, workdays } = cron;
  const { lastWorkday, weekdays, nthWeekdays, lastWeekdays, dayRule } = cron;
  const days = [months, daysOfMonth, daysFromEnd, workdays, lastWorkday, weekdays, nthWeekdays, lastWeekdays];
  return `${timeZone.toLowerCase()} ${followsClock} ${dayRule} ${days.join(' ')} ${years?.join() ?? '*'}`;
}

/** Adds the times of a cron to a pattern, and its run at the end of each gap to the window. */
function addTimes(
  pattern: Float64Array,
  { cron, jobs }: CronJobs,
  window: LoadWindow,
  perMinute: Float64Array,
): void {
  const runs = jobs * cron.seconds.length;
  for (const hour of cron.hours)
    for (const minute of cron.minutes) addRuns(pattern, hour * 60 + minute, runs);
  if (cron.followsClock) return;
  for (const { atMs, fromWallMs, toWallMs } of gapsIn(cron.timeZone, window)) {
    // All times in the gap are one run at its end. If the cron is due at the end anyway, it is that run.
    const isInGap = nextWallTime(cron, fromWallMs) < toWallMs && nextWallTime(cron, toWallMs) !== toWallMs;
    if (isInGap) addRuns(perMinute, Math.floor((atMs - window.fromMs) / MINUTE_MS), jobs);
  }
}

type Gap = { atMs: number; fromWallMs: number; toWallMs: number };

/** Lists the gaps of the wall clock in a window. */
function gapsIn(timeZone: string, { fromMs, untilMs }: LoadWindow): Gap[] {
  const gaps: Gap[] = [];
  // A gap may end just when the window begins.
  let span = spanAt(timeZone, fromMs - 1);
  while (span.endMs < untilMs) {
    const next = spanAt(timeZone, span.endMs);
    const [fromWallMs, toWallMs] = [span.endMs + span.offsetMs, span.endMs + next.offsetMs];
    if (toWallMs > fromWallMs) gaps.push({ atMs: span.endMs, fromWallMs, toWallMs });
    span = next;
  }
  return gaps;
}

/** Adds a pattern to each matching day. Returns the number of steps. */
function addDays(
  pattern: Float64Array,
  cron: CronSchedule,
  { fromMs, untilMs }: LoadWindow,
  perMinute: Float64Array,
): number {
  const minutes = [...pattern.keys()].filter((minute) => pattern[minute] !== 0);
  const isDue = dayTest(cron);
  let steps = minutes.length;
  let span = spanAt(cron.timeZone, fromMs);
  // A fixed time that comes twice runs the first time only, so a part of the wall clock that was shown is left out.
  let shownMs = cron.followsClock ? -Infinity : latestWallTime(cron.timeZone, fromMs - 1) + 1_000;
  for (;;) {
    const { offsetMs } = span;
    const wallFromMs = Math.max(Math.max(span.startMs, fromMs) + offsetMs, shownMs);
    const wallUntilMs = Math.min(span.endMs, untilMs) + offsetMs;
    for (let dayMs = Math.floor(wallFromMs / DAY_MS) * DAY_MS; dayMs < wallUntilMs; dayMs += DAY_MS) {
      steps += 1;
      if (!isDue(dayMs)) continue;
      const first = (wallFromMs - dayMs) / MINUTE_MS;
      const end = (wallUntilMs - dayMs) / MINUTE_MS;
      const base = (dayMs - offsetMs - fromMs) / MINUTE_MS;
      for (const minute of minutes) {
        if (minute >= first && minute < end) addRuns(perMinute, base + minute, pattern[minute] ?? 0);
      }
      steps += minutes.length;
    }
    if (!cron.followsClock) shownMs = Math.max(shownMs, wallUntilMs);
    if (span.endMs >= untilMs) return steps;
    span = spanAt(cron.timeZone, span.endMs);
  }
}

/** Returns a function that tells whether a day (its start in milliseconds of the wall clock) matches a cron. */
function dayTest(cron: CronSchedule): (dayMs: number) => boolean {
  let month = { startMs: 0, endMs: 0, days: 0 };
  return (dayMs) => {
    if (dayMs < month.startMs || dayMs >= month.endMs) {
      const date = new Date(dayMs);
      const [year, of] = [date.getUTCFullYear(), date.getUTCMonth()];
      const [startMs, endMs] = [Date.UTC(year, of, 1), Date.UTC(year, of + 1, 1)];
      const isIn = (cron.months & (1 << of)) !== 0 && cron.years?.includes(year) !== false;
      const days = matchingDays(cron, new Date(startMs).getUTCDay(), (endMs - startMs) / DAY_MS);
      month = { startMs, endMs, days: isIn ? days : 0 };
    }
    return (month.days & (1 << ((dayMs - month.startMs) / DAY_MS))) !== 0;
  };
}

/** Spreads a pattern evenly over the window. Returns whether that is exact, because the pattern is not due at all. */
function spread(
  pattern: Float64Array,
  cron: CronSchedule,
  { fromMs, untilMs }: LoadWindow,
  perMinute: Float64Array,
): boolean {
  const isDue = dayTest(cron);
  let days = 0;
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs < untilMs; dayMs += DAY_MS) {
    if (isDue(dayMs)) days += 1;
  }
  if (days === 0) return true;
  addEvenly(perMinute, (pattern.reduce((sum, runs) => sum + runs, 0) * days) / perMinute.length);
  return false;
}
