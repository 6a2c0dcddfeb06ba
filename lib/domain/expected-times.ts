import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

/**
 * The first occurrence at or after `fromMs`; undefined when there is none. An interval has no occurrences of its own:
 * they are counted from one that is known, before or after, which is `knownMs`.
 */
export function firstTimeFrom(schedule: Schedule, fromMs: number, knownMs: number): number | undefined {
  if (schedule.kind !== 'interval') return nextTimeAfter(schedule, fromMs - 1);
  const { everyMs } = schedule;
  const sinceLastMs = (((fromMs - knownMs) % everyMs) + everyMs) % everyMs;
  return sinceLastMs === 0 ? fromMs : fromMs - sinceLastMs + everyMs;
}

/** Occurrences, one after the other, of which none is there. */
export type Gap = {
  firstMs: number;
  lastMs: number;
  count: number;
  /** Whether it begins with the first occurrence that was looked for, so that it may have begun before. */
  isFromStart: boolean;
  /** The occurrence right after it that is there; undefined when it lasts to the end. */
  endedByMs: number | undefined;
};

export type TimeComparison = {
  /** Takes times that are there, ascending, and returns those of them that the schedule has. */
  feed: (presentMs: readonly number[]) => number[];
  /** Nothing more is there. Returns all gaps. */
  end: () => readonly Gap[];
};

/**
 * Looks for each occurrence from `firstMs`, which is one, and before `toMs` among times that are there. It keeps gaps,
 * not their occurrences, so it takes no more memory for a year of seconds.
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
 * Whether a schedule that stood at `firstMs` went on with the occurrence at `endedByMs`, dispatched at `dispatchedMs`,
 * because it had not been served for long: all it missed is then run once, the latest.
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
