import { latestTimeUpTo } from './missed-times.ts';
import { nextTimeAfter } from './next-time.ts';
import type { Schedule } from './schedule.ts';

/** More than a zone has ever moved its clock by at once: a day. */
const REACH_MS = 26 * 3_600_000;

/**
 * The next time of a schedule whose stored one was computed by older time zone data; epoch milliseconds. `lastMs` is the latest
 * occurrence that was dispatched, -Infinity when there is none, and `sinceMs` is when the schedule came to stand.
 *
 * A stored time that the schedule still contains is kept, unless it now has an earlier one to come. Otherwise the occurrence
 * that is nearest to the stored time takes its place, also where that has just passed: it was not run. An occurrence of which
 * the old data had the last dispatched time, an hour early say, is not run again.
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

/** Whether a schedule contains a time, and has no other between now and that; then moveTime keeps it whatever was dispatched. */
export function isNextTime(schedule: Schedule, storedMs: number, nowMs: number): boolean {
  if (schedule.kind === 'interval') return true;
  if (!isTime(schedule, storedMs)) return false;
  return schedule.kind === 'once' || (nextTimeAfter(schedule, nowMs) ?? storedMs) >= storedMs;
}

function isTime(schedule: Schedule, timeMs: number): boolean {
  return nextTimeAfter(schedule, timeMs - 1) === timeMs;
}

/** Within a day; the earlier of two that are as near. */
function nearestTime(schedule: Schedule, aroundMs: number): number | undefined {
  const firstMs = nextTimeAfter(schedule, aroundMs - REACH_MS);
  if (firstMs === undefined || firstMs > aroundMs + REACH_MS) return undefined;
  if (firstMs > aroundMs) return firstMs;
  const beforeMs = latestTimeUpTo(schedule, firstMs, aroundMs);
  const afterMs = nextTimeAfter(schedule, aroundMs) ?? Infinity;
  return aroundMs - beforeMs <= afterMs - aroundMs ? beforeMs : afterMs;
}
