import { countTimes } from './schedule/count-times.ts';
import { latestTimeUpTo } from './schedule/missed-times.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

export type OccurrencePlan = {
  /** The occurrences to dispatch, in ascending order, in epoch milliseconds. */
  occurrencesMs: number[];
  /** The next occurrence after the ones to dispatch. Undefined if there is none. */
  nextMs: number | undefined;
  /** The missed occurrences that are not dispatched. Undefined if there are none. */
  skipped: SkippedOccurrences | undefined;
};

/** Consecutive occurrences of a schedule that are not dispatched. Instants are in epoch milliseconds. */
export type SkippedOccurrences = { firstMs: number; lastMs: number; count: number };

/**
 * Plans the occurrences of one schedule that a tick dispatches. `nextMs` is the next occurrence, at or before
 * `horizonMs`.
 *
 * A schedule that is less than `misfireAfterMs` behind gets all of its occurrences. For a schedule that is further
 * behind (a misfire), only the latest of the occurrences up to now is dispatched. At most `limit` occurrences are
 * planned, and the first one that was left out becomes the next occurrence. The others that a misfire leaves out are counted.
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
  if (!options.isRecurring) return { occurrencesMs: [options.nextMs], nextMs: undefined, skipped: undefined };
  const firstMs = isMisfire ? latestTimeUpTo(schedule, options.nextMs, options.nowMs) : options.nextMs;
  const skipped = firstMs > options.nextMs ? findSkipped(schedule, options.nextMs, firstMs) : undefined;

  const occurrencesMs = [firstMs];
  let nextMs = nextTimeAfter(schedule, firstMs);
  while (nextMs !== undefined && nextMs <= options.horizonMs && occurrencesMs.length < options.limit) {
    occurrencesMs.push(nextMs);
    nextMs = nextTimeAfter(schedule, nextMs);
  }
  return { occurrencesMs, nextMs, skipped };
}

/** Describes the occurrences from one to before another. */
function findSkipped(schedule: Schedule, firstMs: number, beforeMs: number): SkippedOccurrences {
  const lastMs = latestTimeUpTo(schedule, firstMs, beforeMs - 1);
  return { firstMs, lastMs, count: countTimes(schedule, firstMs, lastMs) };
}
