import { firstTimeFrom } from './expected-times.ts';
import type { JobExecution } from './execution.ts';
import { latestTimeUpTo } from './schedule/missed-times.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

/** A schedule with an occurrence that no tick has dispatched. */
export type PendingSchedule = {
  jobId: number;
  schedule: Schedule;
  isRecurring: boolean;
  /** The next occurrence that no tick has dispatched, in epoch milliseconds. */
  nextMs: number;
};

/** An occurrence that was computed from a schedule. */
export type Occurrence = { jobId: number; timeMs: number };

/** A position in a list of occurrences: after the occurrence of this job at this time. */
export type OccurrencePlace = { timeMs: number; jobId: number };

export type OccurrenceWindow = {
  nowMs: number;
  /** The last instant of the list. */
  untilMs: number;
  /** A schedule that is further behind runs only the latest of its missed occurrences. */
  misfireAfterMs: number;
  after: OccurrencePlace | undefined;
  limit: number;
  /** The most occurrences of one job. @default no limit */
  limitPerJob?: number;
};

/** `place` counts the occurrences of the job on this list, from 1. */
type Coming = Occurrence & { from: PendingSchedule; place: number };

/** Lists the occurrences of schedules in the order of their times, and of the ids of their jobs. */
export function listOccurrences(
  schedules: readonly PendingSchedule[],
  { untilMs, limit, limitPerJob = Infinity, ...window }: OccurrenceWindow,
): Occurrence[] {
  const heap = makeHeap(schedules.flatMap((from) => toComing(from, firstAfter(from, window), untilMs, 1)));
  const occurrences: Occurrence[] = [];
  while (occurrences.length < limit) {
    const first = heap.first();
    if (first === undefined) break;
    const { jobId, timeMs, from, place } = first;
    occurrences.push({ jobId, timeMs });
    const hasMore = from.isRecurring && place < limitPerJob;
    const next = hasMore ? nextTimeAfter(from.schedule, timeMs) : undefined;
    heap.replaceFirst(toComing(from, next, untilMs, place + 1)[0]);
  }
  return occurrences;
}

function toComing(
  from: PendingSchedule,
  timeMs: number | undefined,
  untilMs: number,
  place: number,
): Coming[] {
  return timeMs === undefined || timeMs > untilMs ? [] : [{ jobId: from.jobId, timeMs, from, place }];
}

/** Returns the first occurrence of a schedule after a place. */
function firstAfter(
  { schedule, isRecurring, nextMs, jobId }: PendingSchedule,
  { after, nowMs, misfireAfterMs }: Omit<OccurrenceWindow, 'untilMs' | 'limit'>,
): number | undefined {
  const isMisfire = isRecurring && nowMs - nextMs > misfireAfterMs;
  const firstMs = isMisfire ? latestTimeUpTo(schedule, nextMs, nowMs) : nextMs;
  const isLater = after === undefined || firstMs > after.timeMs;
  if (isLater || (firstMs === after.timeMs && jobId > after.jobId)) return firstMs;
  if (!isRecurring) return undefined;
  return firstTimeFrom(schedule, jobId > after.jobId ? after.timeMs : after.timeMs + 1, firstMs);
}

const isBefore = (a: Coming, b: Coming): boolean =>
  a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.jobId < b.jobId);

/** A binary heap whose first item is the earliest. */
function makeHeap(items: Coming[]) {
  const sinkFrom = (start: number): void => {
    for (let parent = start; ;) {
      const left = 2 * parent + 1;
      const child = isLess(left + 1, left) ? left + 1 : left;
      if (!isLess(child, parent)) return;
      swap(child, parent);
      parent = child;
    }
  };
  const isLess = (one: number, other: number): boolean => {
    const [a, b] = [items[one], items[other]];
    return a !== undefined && b !== undefined && isBefore(a, b);
  };
  const swap = (one: number, other: number): void => {
    const [a, b] = [items[one], items[other]];
    if (a === undefined || b === undefined) return;
    items[one] = b;
    items[other] = a;
  };
  for (let parent = Math.floor(items.length / 2); parent >= 0; parent -= 1) sinkFrom(parent);
  return {
    first: () => items[0],
    /** Replaces the first item, or removes it. */
    replaceFirst: (item: Coming | undefined) => {
      const last = item === undefined ? items.pop() : item;
      if (last === undefined || items.length === 0) return;
      items[0] = last;
      sinkFrom(0);
    },
  };
}

/**
 * An upcoming execution: one that waits for its first attempt, or an occurrence that no tick has dispatched yet, which has
 * no id and no times.
 */
export type UpcomingExecution =
  | { isDispatched: true; execution: JobExecution }
  | { isDispatched: false; occurrence: Occurrence };

/**
 * A position in a list of upcoming executions. Executions that were dispatched come before occurrences at the same instant,
 * each in the order of their ids, and of the ids of their jobs.
 */
export type UpcomingPlace = { atUs: number; isDispatched: boolean; id: number };

export type PlacedUpcoming = { place: UpcomingPlace; item: UpcomingExecution };
