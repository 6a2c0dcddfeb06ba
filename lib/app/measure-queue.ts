import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Measured } from '../metrics.ts';
import type { Queue } from '../redis/queue.ts';
import { readOldestDueAge } from './queue-stats.ts';

/**
 * Never rejects, so that a tick does not fail because of its metrics. A metric that cannot be read is logged and left
 * out.
 */
export type MeasureQueue = () => Promise<Measured>;

/**
 * Measures the number of executions in each part of the queue (from Redis), and the age of the oldest due one (from
 * PostgreSQL).
 */
export function makeMeasureQueue(deps: {
  pool: Pool;
  queue: Pick<Queue, 'stats'>;
  clock: Clock;
  logger: Logger;
}): MeasureQueue {
  const { pool, queue, clock, logger } = deps;

  const measure = async (what: string, read: () => Promise<Measured>): Promise<Measured> => {
    try {
      return await read();
    } catch (error) {
      logger.warn('not_measured', { what, error: errorField(error) });
      return {};
    }
  };

  return async () => {
    const nowMs = clock.nowMs();
    const [depth, age] = await Promise.all([
      measure('queue depth', async () => {
        const { ready, scheduled, retrying, processing } = await queue.stats(nowMs);
        return {
          queueReady: ready,
          queueScheduled: scheduled,
          queueRetry: retrying,
          queueProcessing: processing,
        };
      }),
      measure('oldest due', async () => ({ oldestDueAge: await readOldestDueAge(pool, nowMs) })),
    ]);
    return { ...depth, ...age };
  };
}
