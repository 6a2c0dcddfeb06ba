import { nextTimeAfter } from './next-time.ts';
import type { Schedule } from './schedule.ts';

/** How far before now the search begins, and by how much it then looks further back. */
const FIRST_LOOK_MS = 60_000;
const LOOK_FURTHER = 4;

/**
 * Returns the latest occurrence at or before `nowMs`, in epoch milliseconds. `fromMs` must be an occurrence at or
 * before `nowMs`. It looks back from `nowMs` in growing steps, and bisects the time between, instead of visiting each missed
 * occurrence.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function latestTimeUpTo(schedule: Schedule, fromMs: number, nowMs: number): number {
  if (schedule.kind === 'once') return fromMs;
  if (schedule.kind === 'interval') return nowMs - ((nowMs - fromMs) % schedule.everyMs);
  const timeAfter = (ms: number): number | undefined => {
    const nextMs = nextTimeAfter(schedule, ms);
    return nextMs !== undefined && nextMs <= nowMs ? nextMs : undefined;
  };
  let latestMs = fromMs;
  // There is no occurrence after this instant up to nowMs.
  let boundMs = nowMs;
  for (let backMs = FIRST_LOOK_MS; nowMs - backMs > fromMs; backMs *= LOOK_FURTHER) {
    const foundMs = timeAfter(nowMs - backMs);
    latestMs = foundMs ?? latestMs;
    if (foundMs !== undefined) break;
    boundMs = nowMs - backMs;
  }
  while (latestMs < boundMs) {
    // Most often, the first occurrence that was found is the latest one.
    const followingMs = timeAfter(latestMs);
    if (followingMs === undefined) return latestMs;
    latestMs = followingMs;
    const middleMs = Math.floor((latestMs + boundMs) / 2);
    const foundMs = timeAfter(middleMs);
    if (foundMs === undefined) boundMs = middleMs;
    else latestMs = foundMs;
  }
  return latestMs;
}
