import type { Clock } from '../domain/clock.ts';
import type { Job } from '../domain/job.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Dispatch } from './dispatch.ts';
import { startAttempts } from './part-attempts.ts';

/** The caller waits: after this long the next tick dispatches the rest. A thousand per-second jobs take longer. */
const MAX_DURATION_MS = 4_000;

export type JobToDispatch = Pick<Job, 'id' | 'nextExecutionTime'> & {
  /** Where the schedule stands, when its first executions are written already; `nextExecutionTime` if left out. */
  scheduledAt?: Date | null;
};

export type DispatchSoon = (jobs: readonly JobToDispatch[]) => Promise<void>;

/**
 * Dispatches at once those of the jobs, just made or changed, that are due within the look-ahead. So a job waits for no
 * tick: one that comes late, or never, delays nothing before the look-ahead is over.
 *
 * The jobs are in PostgreSQL already and so acknowledged: when Redis or SQS fail here, the next tick repairs it, and the
 * caller is not told of an error that is none.
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
