import type { SkippedOccurrences } from './occurrences.ts';
import { countTimes } from './schedule/count-times.ts';
import { latestTimeUpTo } from './schedule/missed-times.ts';
import { nextTimeAfter } from './schedule/next-time.ts';
import type { Schedule } from './schedule/schedule.ts';

/**
 * Splits skipped occurrences at the occurrences that have an execution of their own, so that each occurrence is accounted for once.
 *
 * @param takenMs the times of these, in ascending order. Each is one of the skipped occurrences.
 * @returns the others, as runs of consecutive occurrences. None if each occurrence has an execution.
 */
export function splitSkipped(
  schedule: Schedule,
  { firstMs, lastMs, count }: SkippedOccurrences,
  takenMs: readonly number[],
): SkippedOccurrences[] {
  if (takenMs.length === 0) return [{ firstMs, lastMs, count }];
  const runs: SkippedOccurrences[] = [];
  const add = (fromMs: number, toMs: number): void => {
    runs.push({ firstMs: fromMs, lastMs: toMs, count: countTimes(schedule, fromMs, toMs) });
  };
  let fromMs: number | undefined = firstMs;
  for (const tookMs of takenMs) {
    if (fromMs === undefined) break;
    if (tookMs > fromMs) add(fromMs, latestTimeUpTo(schedule, fromMs, tookMs - 1));
    fromMs = timeAfter(schedule, tookMs, lastMs);
  }
  if (fromMs !== undefined) add(fromMs, lastMs);
  return runs;
}

/** Splits skipped occurrences after an instant. Without one, there is no rest. */
export function splitAfter(
  schedule: Schedule,
  skipped: SkippedOccurrences,
  atMs = Infinity,
): { done: SkippedOccurrences; rest: SkippedOccurrences | undefined } {
  const { firstMs, lastMs } = skipped;
  if (atMs >= lastMs) return { done: skipped, rest: undefined };
  const doneMs = latestTimeUpTo(schedule, firstMs, atMs);
  const restMs = timeAfter(schedule, doneMs, lastMs);
  return {
    done: { firstMs, lastMs: doneMs, count: countTimes(schedule, firstMs, doneMs) },
    rest:
      restMs === undefined
        ? undefined
        : { firstMs: restMs, lastMs, count: countTimes(schedule, restMs, lastMs) },
  };
}

/** The first occurrence after one of them, up to `lastMs`. Undefined if there is none. */
function timeAfter(schedule: Schedule, ms: number, lastMs: number): number | undefined {
  const nextMs = ms < lastMs ? nextTimeAfter(schedule, ms) : undefined;
  return nextMs !== undefined && nextMs <= lastMs ? nextMs : undefined;
}

/** Tells whether a time is one of the occurrences. Executions of an earlier schedule may be between them. */
export const isSkippedTime = (
  schedule: Schedule,
  { firstMs, lastMs }: Pick<SkippedOccurrences, 'firstMs' | 'lastMs'>,
  ms: number,
): boolean => ms >= firstMs && ms <= lastMs && latestTimeUpTo(schedule, firstMs, ms) === ms;
