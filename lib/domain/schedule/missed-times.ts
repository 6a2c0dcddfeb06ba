import { nextTimeAfter } from './next-time.ts';
import type { Schedule } from './schedule.ts';

/**
 * Returns the latest occurrence at or before `nowMs`, in epoch milliseconds. `fromMs` must be an occurrence at or
 * before `nowMs`. It bisects the time instead of visiting each missed occurrence: ten years of an occurrence per second
 * take 40 steps.
 *
 * @throws RangeError when the time zone is unknown.
 */
export function latestTimeUpTo(schedule: Schedule, fromMs: number, nowMs: number): number {
  if (schedule.kind === 'once') return fromMs;
  if (schedule.kind === 'interval') return nowMs - ((nowMs - fromMs) % schedule.everyMs);
  let latestMs = fromMs;
  // There is no occurrence after this instant up to nowMs.
  let boundMs = nowMs;
  while (latestMs < boundMs) {
    const middleMs = Math.floor((latestMs + boundMs) / 2);
    const nextMs = nextTimeAfter(schedule, middleMs);
    if (nextMs !== undefined && nextMs <= nowMs) latestMs = nextMs;
    else boundMs = middleMs;
  }
  return latestMs;
}
