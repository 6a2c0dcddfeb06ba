import { latestTimeUpTo } from './schedule/missed-times.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

export type OccurrencePlan = {
  /** The occurrences to dispatch, in order, epoch milliseconds. */
  occurrencesMs: number[];
  /** Where the schedule stands afterwards; undefined when it has no further occurrence. */
  nextMs: number | undefined;
};

/**
 * What a tick dispatches of one schedule that stands at `nextMs` (itself an occurrence, at or before `horizonMs`).
 *
 * A schedule less than `misfireAfterMs` behind gets each of its occurrences. One further behind was not served for
 * long: of all it missed up to now, only the latest is dispatched. At most `limit` occurrences are planned; the
 * schedule then stands at the first one left out.
 */
export function planOccurrences(
  schedule: Schedule,
  options: {
    nextMs: number;
    nowMs: number;
    horizonMs: number;
    misfireAfterMs: number;
    isRecurring: boolean;
    limit: number;
  },
): OccurrencePlan {
  const isMisfire = options.nowMs - options.nextMs > options.misfireAfterMs;
  const firstMs =
    isMisfire && options.isRecurring
      ? latestTimeUpTo(schedule, options.nextMs, options.nowMs)
      : options.nextMs;
  if (!options.isRecurring) return { occurrencesMs: [firstMs], nextMs: undefined };

  const occurrencesMs = [firstMs];
  let nextMs = nextTimeAfter(schedule, firstMs);
  while (nextMs !== undefined && nextMs <= options.horizonMs && occurrencesMs.length < options.limit) {
    occurrencesMs.push(nextMs);
    nextMs = nextTimeAfter(schedule, nextMs);
  }
  return { occurrencesMs, nextMs };
}
