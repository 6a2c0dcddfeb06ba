import { nextTimeAfter } from './next-time.ts';
import type { Schedule } from './schedule.ts';

/**
 * The latest occurrence at or before `nowMs`, given that `fromMs` is one and `fromMs <= nowMs`; epoch milliseconds. What
 * was missed in an outage is not walked through but bisected: an occurrence a second for ten years takes 40 steps.
 * Throws RangeError when the zone is unknown.
 */
export function latestTimeUpTo(schedule: Schedule, fromMs: number, nowMs: number): number {
  if (schedule.kind === 'once') return fromMs;
  if (schedule.kind === 'interval') return nowMs - ((nowMs - fromMs) % schedule.everyMs);
  let latestMs = fromMs;
  // No occurrence lies after this and up to nowMs.
  let boundMs = nowMs;
  while (latestMs < boundMs) {
    const middleMs = Math.floor((latestMs + boundMs) / 2);
    const nextMs = nextTimeAfter(schedule, middleMs);
    if (nextMs !== undefined && nextMs <= nowMs) latestMs = nextMs;
    else boundMs = middleMs;
  }
  return latestMs;
}
