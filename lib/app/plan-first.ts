import { planOccurrences } from '../domain/occurrences.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { PlannedJob } from './store-jobs.ts';
import type { BatchSettings } from './write-batch.ts';

export type FirstSettings = BatchSettings & { lookAheadMs: number };

/**
 * Adds to each new job its occurrences within the look-ahead, and moves its next execution time past them. All jobs
 * together get about `schedulesPerBatch` occurrences, or `occurrencesPerSchedule` each if that is more. This is the
 * limit of one batch of a tick.
 */
export function planFirst(
  jobs: readonly PlannedJob[],
  { nowMs, lookAheadMs, misfireAfterMs, ...settings }: FirstSettings & { nowMs: number },
): (PlannedJob & { occurrences: Date[] })[] {
  const horizonMs = nowMs + lookAheadMs;
  const share = Math.floor(settings.schedulesPerBatch / Math.max(jobs.length, 1));
  const limit = Math.max(settings.occurrencesPerSchedule, share);
  return jobs.map((job) => {
    const { schedule, timeZone, isRecurring, nextExecutionTime } = job;
    if (nextExecutionTime === null || nextExecutionTime.getTime() > horizonMs)
      return { ...job, occurrences: [] };
    const plan = planOccurrences(compileSchedule(schedule, timeZone), {
      nextMs: nextExecutionTime.getTime(),
      nowMs,
      horizonMs,
      misfireAfterMs,
      isRecurring,
      limit,
    });
    return {
      ...job,
      occurrences: plan.occurrencesMs.map((occurrenceMs) => new Date(occurrenceMs)),
      nextExecutionTime: plan.nextMs === undefined ? null : new Date(plan.nextMs),
    };
  });
}
