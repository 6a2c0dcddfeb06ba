import type { CronSchedule, Schedule } from './schedule.ts';
import { MAX_OFFSET_MS, spanAt } from './time-zone.ts';
import { nextWallTime } from './wall-time.ts';
import { DAY_MS } from '../day.ts';

const SECOND_MS = 1_000;
const YEAR_MS = 366 * DAY_MS;
// The search covers the same time as nextWallTime. The years of a cron are 1970 to 2199.
const SEARCHED_MS = 41 * YEAR_MS;
const SEARCHED_WITH_YEARS_MS = 231 * YEAR_MS;

/**
 * Returns the first occurrence strictly after an instant. Both are epoch milliseconds in the years 1800 to 9999. For an
 * interval, `afterMs` must be the previous occurrence, or the start of the first interval. Returns undefined if there
 * is no occurrence: a one-time instant has passed, or no date matches a cron.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function nextTimeAfter(schedule: Schedule, afterMs: number): number | undefined {
  if (schedule.kind === 'once') return schedule.atMs > afterMs ? schedule.atMs : undefined;
  if (schedule.kind === 'interval') return afterMs + schedule.everyMs;
  const nextMs = schedule.followsClock ? nextShown(schedule, afterMs) : nextReached(schedule, afterMs);
  return nextMs === Infinity ? undefined : nextMs;
}

/**
 * Returns the next time of a cron with a fixed time. It is due when the wall clock first shows it or jumps over it, as
 * in Debian's cron(8). So it runs once: at the end of a gap that contains it, and in the first pass of an overlap.
 * Times that the clock had reached by `afterMs` are done.
 */
function nextReached(cron: CronSchedule, afterMs: number): number {
  const wallMs = nextWallTime(cron, latestWallTime(cron.timeZone, afterMs) + SECOND_MS);
  return wallMs === Infinity ? Infinity : firstReached(cron.timeZone, wallMs);
}

/**
 * Returns the latest wall time (in full seconds) that the clock has shown by an instant. In an overlap, this is the end
 * of the first pass.
 */
export function latestWallTime(timeZone: string, instantMs: number): number {
  let span = spanAt(timeZone, instantMs);
  let latestMs = wholeSeconds(instantMs + span.offsetMs);
  while (span.startMs > instantMs - 2 * MAX_OFFSET_MS) {
    span = spanAt(timeZone, span.startMs - 1);
    latestMs = Math.max(latestMs, span.endMs + span.offsetMs - SECOND_MS);
  }
  return latestMs;
}

/** Returns the first instant at which the wall clock shows this time or a later one. Both are in milliseconds. */
export function firstReached(timeZone: string, wallMs: number): number {
  let span = spanAt(timeZone, wallMs - MAX_OFFSET_MS);
  while (span.endMs + span.offsetMs <= wallMs) span = spanAt(timeZone, span.endMs);
  return Math.max(span.startMs, wallMs - span.offsetMs);
}

/**
 * Returns the next time of a cron that follows the clock. It is due at each instant at which the clock shows a matching
 * time, so each span with one offset is searched in turn. The search is bounded, because a time may be in a gap each
 * time.
 */
function nextShown(cron: CronSchedule, afterMs: number): number {
  let span = spanAt(cron.timeZone, afterMs);
  let fromWallMs = wholeSeconds(afterMs + span.offsetMs) + SECOND_MS;
  const searchedMs = cron.years === undefined ? SEARCHED_MS : SEARCHED_WITH_YEARS_MS;
  while (span.startMs < afterMs + searchedMs) {
    const wallMs = nextWallTime(cron, fromWallMs);
    const instantMs = wallMs - span.offsetMs;
    if (instantMs < span.endMs || wallMs === Infinity) return instantMs;
    span = spanAt(cron.timeZone, span.endMs);
    fromWallMs = span.startMs + span.offsetMs;
  }
  return Infinity;
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
