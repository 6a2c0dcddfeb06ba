import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

/**
 * Returns the first occurrence at or after `fromMs`, or undefined if there is none. The occurrences of an interval are
 * counted from a known occurrence `knownMs`, which may be before or after `fromMs`.
 */
export function firstTimeFrom(schedule: Schedule, fromMs: number, knownMs: number): number | undefined {
  if (schedule.kind !== 'interval') return nextTimeAfter(schedule, fromMs - 1);
  const { everyMs } = schedule;
  const sinceLastMs = (((fromMs - knownMs) % everyMs) + everyMs) % everyMs;
  return sinceLastMs === 0 ? fromMs : fromMs - sinceLastMs + everyMs;
}

/** Consecutive occurrences that are all missing. */
export type Gap = {
  firstMs: number;
  lastMs: number;
  count: number;
  /** Whether the gap begins with the first expected occurrence. It may then have begun even earlier. */
  isFromStart: boolean;
  /** The existing occurrence right after the gap. Undefined if the gap lasts to the end. */
  endedByMs: number | undefined;
};

export type TimeComparison = {
  /** Takes existing times in ascending order, and returns the times that the schedule contains. */
  feed: (presentMs: readonly number[]) => number[];
  /** Ends the comparison after the last existing time. Returns all gaps. */
  end: () => readonly Gap[];
};

/**
 * Compares the occurrences of a schedule with existing times, from the occurrence `firstMs` to before `toMs`. It stores
 * gaps, not their occurrences, so a year of missing seconds takes no more memory.
 */
export function compareTimes(
  schedule: Schedule,
  { firstMs, toMs, isRecurring }: { firstMs: number; toMs: number; isRecurring: boolean },
): TimeComparison {
  const gaps: Gap[] = [];
  let expectedMs = firstMs;
  let gap: Gap | undefined;

  const timeAfter = (ms: number): number =>
    (isRecurring ? nextTimeAfter(schedule, ms) : undefined) ?? Infinity;

  const missBefore = (limitMs: number): void => {
    let missedMs = expectedMs;
    for (; missedMs < Math.min(limitMs, toMs); missedMs = timeAfter(missedMs)) {
      if (gap === undefined) {
        gap = {
          firstMs: missedMs,
          lastMs: missedMs,
          count: 0,
          isFromStart: missedMs === firstMs,
          endedByMs: undefined,
        };
        gaps.push(gap);
      }
      gap.lastMs = missedMs;
      gap.count += 1;
    }
    expectedMs = missedMs;
  };

  return {
    feed: (presentMs) =>
      presentMs.filter((foundMs) => {
        missBefore(foundMs);
        if (expectedMs !== foundMs || foundMs >= toMs) return false;
        if (gap !== undefined) gap.endedByMs = foundMs;
        gap = undefined;
        expectedMs = timeAfter(foundMs);
        return true;
      }),
    end: () => {
      missBefore(Infinity);
      return gaps;
    },
  };
}

/**
 * Tells whether a gap is a misfire. Its first missing occurrence is `firstMs`, and the occurrence at `endedByMs` after
 * it was dispatched at `dispatchedMs`. After a misfire, only the latest of the missed occurrences runs.
 */
export function isMisfire(
  schedule: Schedule,
  gap: { firstMs: number; endedByMs: number; dispatchedMs: number },
  misfireAfterMs: number,
): boolean {
  const { firstMs, endedByMs, dispatchedMs } = gap;
  if (dispatchedMs - firstMs <= misfireAfterMs || endedByMs > dispatchedMs) return false;
  const nextMs = nextTimeAfter(schedule, endedByMs);
  return nextMs === undefined || nextMs > dispatchedMs;
}
