import { latestTimeUpTo } from './missed-times.ts';
import { nextTimeAfter } from './next-time.ts';
import type { Schedule } from './schedule.ts';

/** More than any zone has ever moved its clock by at once, which is a day. */
const REACH_MS = 26 * 3_600_000;

/**
 * Returns the next time of a schedule whose stored next time was computed by older time zone data, in epoch
 * milliseconds. `lastMs` is the latest dispatched occurrence (-Infinity if there is none), and `sinceMs` is the time
 * when the schedule was created.
 *
 * A stored time that the schedule still contains is kept, unless the schedule now has an earlier future time. Otherwise
 * the occurrence that is nearest to the stored time replaces it, even if it has just passed, because it has not run. If
 * the old data gave an occurrence another time, for example an hour earlier, and it was dispatched, it does not run
 * again.
 */
export function moveTime(
  schedule: Schedule,
  times: { storedMs: number; lastMs: number; sinceMs: number; nowMs: number },
): number {
  const { storedMs, lastMs, sinceMs, nowMs } = times;
  if (schedule.kind === 'interval') return storedMs;
  if (schedule.kind === 'once') return schedule.atMs;
  const doneMs = Math.max(lastMs, sinceMs);
  if (isTime(schedule, storedMs)) {
    return Math.min(storedMs, nextTimeAfter(schedule, Math.max(nowMs, doneMs)) ?? storedMs);
  }
  const nearestMs = nearestTime(schedule, storedMs) ?? Infinity;
  const lastDoneMs =
    lastMs === -Infinity || isTime(schedule, lastMs)
      ? lastMs
      : Math.max(lastMs, nearestTime(schedule, lastMs) ?? lastMs);
  const nextMs = nextTimeAfter(schedule, Math.max(nowMs, sinceMs, lastDoneMs)) ?? Infinity;
  const movedMs = Math.min(nearestMs > doneMs ? nearestMs : Infinity, nextMs);
  return movedMs === Infinity ? storedMs : movedMs;
}

/**
 * Tells whether a schedule contains a time, and has no earlier one after now. moveTime then keeps it regardless of the
 * dispatched occurrences.
 */
export function isNextTime(schedule: Schedule, storedMs: number, nowMs: number): boolean {
  if (schedule.kind === 'interval') return true;
  if (!isTime(schedule, storedMs)) return false;
  return schedule.kind === 'once' || (nextTimeAfter(schedule, nowMs) ?? storedMs) >= storedMs;
}

function isTime(schedule: Schedule, timeMs: number): boolean {
  return nextTimeAfter(schedule, timeMs - 1) === timeMs;
}

/** Returns the nearest occurrence within a day. If two are equally near, it returns the earlier one. */
function nearestTime(schedule: Schedule, aroundMs: number): number | undefined {
  const firstMs = nextTimeAfter(schedule, aroundMs - REACH_MS);
  if (firstMs === undefined || firstMs > aroundMs + REACH_MS) return undefined;
  if (firstMs > aroundMs) return firstMs;
  const beforeMs = latestTimeUpTo(schedule, firstMs, aroundMs);
  const afterMs = nextTimeAfter(schedule, aroundMs) ?? Infinity;
  return aroundMs - beforeMs <= afterMs - aroundMs ? beforeMs : afterMs;
}
