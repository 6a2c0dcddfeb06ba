import type { Clock } from '../domain/clock.ts';
import type { Job } from '../domain/job.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Dispatch } from './dispatch.ts';
import { startAttempts } from './part-attempts.ts';

/**
 * The caller waits no longer than this. The next tick dispatches the rest, for example of a thousand per-second jobs.
 */
const MAX_DURATION_MS = 4_000;

export type JobToDispatch = Pick<Job, 'id' | 'nextExecutionTime'> & {
  /**
   * The first time that is not dispatched yet, if the first executions exist already. The default is
   * `nextExecutionTime`.
   */
  scheduledAt?: Date | null;
};

export type DispatchSoon = (jobs: readonly JobToDispatch[]) => Promise<void>;

/**
 * Immediately dispatches new and changed jobs that are due within the look-ahead. So a job does not wait for a tick,
 * and a tick that is late or missing delays no execution within the look-ahead.
 *
 * The jobs are already in PostgreSQL, and so acknowledged. When Redis or SQS fails here, the caller receives no error,
 * because the next tick queues the executions.
 */
export function makeDispatchSoon(deps: {
  dispatch: Dispatch;
  clock: Clock;
  logger: Logger;
  settings: { lookAheadMs: number };
}): DispatchSoon {
  const { dispatch, clock, logger, settings } = deps;
  return async (jobs) => {
    const nowMs = clock.nowMs();
    const horizonMs = nowMs + settings.lookAheadMs;
    const jobIds = jobs
      .filter(({ nextExecutionTime, scheduledAt = nextExecutionTime }) => isBy(scheduledAt, horizonMs))
      .map((job) => job.id);
    if (jobIds.length === 0) return;
    const run = { horizonMs, jobIds, untilMs: nowMs + MAX_DURATION_MS, attempts: startAttempts(logger) };
    try {
      const { isComplete } = await dispatch(run);
      if (!isComplete) logger.info('dispatch_left_to_tick', { jobs: jobIds.length });
    } catch (error) {
      logger.warn('dispatch_left_to_tick', { jobs: jobIds.length, error: errorField(error) });
    }
  };
}

const isBy = (at: Date | null, horizonMs: number): boolean => at !== null && at.getTime() <= horizonMs;
