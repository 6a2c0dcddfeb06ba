import type { Clock } from '../domain/clock.ts';
import type { Job } from '../domain/job.ts';
import { errorField, type Logger } from '../logger.ts';
import type { DispatchBatch, DispatchSettings } from './dispatch.ts';

/** A tick may start late by this much and still find the job in time. */
const TICK_LATENESS_MS = 5_000;

export type DispatchSoon = (jobs: readonly Job[]) => Promise<void>;

/**
 * Dispatches at once those of the jobs, just made or changed, that are due before the next tick can see them. The jobs
 * are in PostgreSQL already and so acknowledged: when Redis or SQS fail here, the next tick makes it good, and the
 * caller is not told of an error that is none.
 */
export function makeDispatchSoon(deps: {
  dispatchBatch: DispatchBatch;
  clock: Clock;
  logger: Logger;
  settings: Pick<DispatchSettings, 'lookAheadMs'> & { tickIntervalMs: number };
}): DispatchSoon {
  const { dispatchBatch, clock, logger, settings } = deps;
  return async (jobs) => {
    const nowMs = clock.nowMs();
    const soonMs = nowMs + settings.tickIntervalMs + TICK_LATENESS_MS;
    let jobIds = jobs
      .filter((job) => (job.nextExecutionTime?.getTime() ?? Infinity) <= soonMs)
      .map((job) => job.id);
    const planned = new Map<number, number>();
    try {
      while (jobIds.length > 0) {
        const batch = await dispatchBatch({ horizonMs: nowMs + settings.lookAheadMs, jobIds, planned });
        if (batch.schedules === 0) jobIds = [];
      }
    } catch (error) {
      logger.warn('dispatch_left_to_tick', { jobs: jobIds.length, error: errorField(error) });
    }
  };
}
