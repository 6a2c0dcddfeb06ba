import { DAY_MS } from '../day.ts';
import type { CronSchedule } from '../schedule/schedule.ts';
import { spanAt } from '../schedule/time-zone.ts';
import { nextWallTime } from '../schedule/wall-time.ts';
import { compareGroups, type LoadGroup, remainder } from './groups.ts';
import { greatestDivisor, type IntervalJobs, type LoadWindow, MINUTE_MS } from './load.ts';
import type { GroupList } from './minute-parts.ts';

const MINUTES_OF_DAY = 1_440;
/** The place of the list of groups that run in many minutes of the day. */
export const OFTEN = MINUTES_OF_DAY;

/** A group with more minutes of the day is listed once, in the list `OFTEN`. */
const MAX_MINUTES = 48;

/** The place of the list for a minute. */
export const placeOf = (minuteMs: number): number => Math.floor(remainder(minuteMs, DAY_MS) / MINUTE_MS);

/**
 * Lists groups by the minutes of the day, in UTC, in which they may run in a window. So the groups of a minute are found in two lists:
 * the one of its place, and `OFTEN`. A list has the groups with the largest peaks, up to `limit`.
 */
export function listGroups(
  groups: Iterable<LoadGroup>,
  window: LoadWindow,
  limit: number,
): GroupList<LoadGroup>[] {
  const lists = Array.from({ length: MINUTES_OF_DAY + 1 }, (): LoadGroup[] => []);
  for (const group of groups) for (const place of placesOf(group, window)) lists[place]?.push(group);
  return lists.map((list) => ({
    entries: list.toSorted(compareGroups).slice(0, limit),
    isCut: list.length > limit,
  }));
}

function placesOf(group: LoadGroup, window: LoadWindow): Iterable<number> {
  if ('cron' in group) return placesOfCron(group.cron, window);
  return 'everyMs' in group ? placesOfInterval(group) : [placeOf(group.minuteMs)];
}

function placesOfCron(cron: CronSchedule, { fromMs, untilMs }: LoadWindow): Iterable<number> {
  const { hours, minutes, timeZone, followsClock } = cron;
  if (hours.length * minutes.length > MAX_MINUTES) return [OFTEN];
  const places = new Set<number>();
  // A gap may end just when the window begins.
  let span = spanAt(timeZone, fromMs - 1);
  for (;;) {
    const { offsetMs, endMs } = span;
    for (const hour of hours) {
      for (const minute of minutes) places.add(placeOf((hour * 60 + minute) * MINUTE_MS - offsetMs));
    }
    if (endMs >= untilMs) return places;
    span = spanAt(timeZone, endMs);
    // The times in a gap run at its end.
    const hasTimeInGap = !followsClock && nextWallTime(cron, endMs + offsetMs) < endMs + span.offsetMs;
    if (hasTimeInGap) places.add(placeOf(endMs));
  }
}

function placesOfInterval({ everyMs, anyMs }: IntervalJobs): Iterable<number> {
  // The times of the day repeat after this step.
  const stepMs = greatestDivisor(everyMs, DAY_MS);
  const count = DAY_MS / stepMs;
  if (count > MAX_MINUTES) return [OFTEN];
  const firstMs = remainder(anyMs, stepMs);
  return Array.from({ length: count }, (_, index) => Math.floor((firstMs + index * stepMs) / MINUTE_MS));
}
