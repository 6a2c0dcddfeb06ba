import { latestTimeUpTo } from './schedule/missed-times.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

export type OccurrencePlan = {
  /** The occurrences to dispatch, in ascending order, in epoch milliseconds. */
  occurrencesMs: number[];
  /** The next occurrence after these. Undefined if there is none. */
  nextMs: number | undefined;
};

/**
 * Plans the occurrences of one schedule that a tick dispatches. `nextMs` is the next occurrence, at or before
 * `horizonMs`.
 *
 * A schedule that is less than `misfireAfterMs` behind gets all of its occurrences. For a schedule that is further
 * behind (a misfire), only the latest of the occurrences up to now is dispatched. At most `limit` occurrences are
 * planned, and the first one that was left out becomes the next occurrence.
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
