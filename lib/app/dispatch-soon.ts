import type { Clock } from '../domain/clock.ts';
import type { Job } from '../domain/job.ts';
import { errorField, type Logger } from '../logger.ts';
import type { DispatchBatch, DispatchSettings } from './dispatch.ts';
import { startAttempts } from './part-attempts.ts';

/** The caller waits: after this long the next tick dispatches the rest. A thousand per-second jobs take longer. */
const MAX_DURATION_MS = 4_000;

export type DispatchSoon = (jobs: readonly Job[]) => Promise<void>;

/**
 * Dispatches at once those of the jobs, just made or changed, that are due within the look-ahead. So a job waits for no
 * tick: one that comes late, or never, delays nothing before the look-ahead is over.
 *
 * The jobs are in PostgreSQL already and so acknowledged: when Redis or SQS fail here, the next tick repairs it, and the
 * caller is not told of an error that is none.
 */
export function makeDispatchSoon(deps: {
  dispatchBatch: DispatchBatch;
  clock: Clock;
  logger: Logger;
  settings: Pick<DispatchSettings, 'lookAheadMs'>;
}): DispatchSoon {
  const { dispatchBatch, clock, logger, settings } = deps;
  return async (jobs) => {
    const nowMs = clock.nowMs();
    const horizonMs = nowMs + settings.lookAheadMs;
    const jobIds = jobs
      .filter((job) => (job.nextExecutionTime?.getTime() ?? Infinity) <= horizonMs)
      .map((job) => job.id);
    if (jobIds.length === 0) return;
    const run = { horizonMs, jobIds, planned: new Map<number, number>(), attempts: startAttempts(logger) };
    try {
      let hasMore = true;
      while (hasMore && clock.nowMs() - nowMs < MAX_DURATION_MS) ({ hasMore } = await dispatchBatch(run));
      if (hasMore) logger.info('dispatch_left_to_tick', { jobs: jobIds.length });
    } catch (error) {
      logger.warn('dispatch_left_to_tick', { jobs: jobIds.length, error: errorField(error) });
    }
  };
}
