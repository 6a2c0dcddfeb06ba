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

export type ListLimits = {
  /** The groups of a list. */
  groups: number;
  /** The groups of all lists. If there are more, each list gets the same part of this number. */
  entries: number;
};

/**
 * Lists groups by the minutes of the day, in UTC, in which they may run in a window. So the groups of a minute are found in two lists:
 * the one of its place, and `OFTEN`. A list has the groups with the largest peaks, up to a limit.
 */
export function listGroups(
  groups: readonly LoadGroup[],
  window: LoadWindow,
  limits: ListLimits,
): GroupList<LoadGroup>[] {
  const lists = Array.from({ length: MINUTES_OF_DAY + 1 }, (): LoadGroup[] => []);
  const isMany = groups.reduce((sum, group) => sum + countPlaces(group), 0) > limits.entries;
  const part = isMany ? Math.floor(limits.entries / lists.length) : limits.groups;
  const limit = Math.min(part, limits.groups);
  // Sorting many lists takes longer than sorting all groups once.
  for (const group of isMany ? groups.toSorted(compareGroups) : groups) {
    for (const place of placesOf(group, window)) {
      const list = lists[place];
      // One more shows that the list is cut.
      if (list !== undefined && !(isMany && list.length > limit)) list.push(group);
    }
  }
  return lists.map((list) => ({
    entries: (isMany ? list : list.toSorted(compareGroups)).slice(0, limit),
    isCut: list.length > limit,
  }));
}

/** The entries of a group, without the ones in the single list `OFTEN`. */
const countPlaces = (group: LoadGroup): number => {
  const minutes = countMinutes(group);
  return minutes > MAX_MINUTES ? 0 : minutes;
};

/** The minutes of the day of a group, while its time zone keeps its offset. */
function countMinutes(group: LoadGroup): number {
  if ('cron' in group) return group.cron.hours.length * group.cron.minutes.length;
  return 'everyMs' in group ? DAY_MS / stepOf(group) : 1;
}

/** The times of the day of an interval repeat after this time. */
const stepOf = ({ everyMs }: Pick<IntervalJobs, 'everyMs'>): number => greatestDivisor(everyMs, DAY_MS);

function placesOf(group: LoadGroup, window: LoadWindow): Iterable<number> {
  if (countMinutes(group) > MAX_MINUTES) return [OFTEN];
  if ('cron' in group) return placesOfCron(group.cron, window);
  return 'everyMs' in group ? placesOfInterval(group) : [placeOf(group.minuteMs)];
}

function placesOfCron(cron: CronSchedule, { fromMs, untilMs }: LoadWindow): Iterable<number> {
  const { hours, minutes, timeZone, followsClock } = cron;
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

function placesOfInterval(interval: IntervalJobs): Iterable<number> {
  const stepMs = stepOf(interval);
  const firstMs = remainder(interval.anyMs, stepMs);
  return Array.from({ length: DAY_MS / stepMs }, (_, index) =>
    Math.floor((firstMs + index * stepMs) / MINUTE_MS),
  );
}
