import { countFailingRepeatedly } from '../db/failing-jobs.ts';
import type { Pool } from '../db/pool.ts';
import { keepQueueDepth, type QueueDepth } from '../db/queue-depths.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Measured } from '../metrics.ts';
import type { Queue } from '../redis/queue.ts';
import { readOldestDueAge } from './queue-stats.ts';

/** Failing jobs are counted up to this number. */
const MAX_COUNTED = 10_000;

/**
 * Never rejects, so that a tick does not fail because of its metrics. A metric that cannot be read is logged and left
 * out.
 */
export type MeasureQueue = () => Promise<Measured>;

/**
 * Measures the number of executions in each part of the queue (from Redis), and the age of the oldest due one and the number of
 * jobs that fail repeatedly (from PostgreSQL). It keeps the highest values of each minute for the statistics.
 */
export function makeMeasureQueue(deps: {
  pool: Pool;
  queue: Pick<Queue, 'stats'>;
  clock: Clock;
  logger: Logger;
}): MeasureQueue {
  const { pool, queue, clock, logger } = deps;

  type Known = { [Name in QueueMetric | 'jobsFailing']?: number };
  const measure = async (what: string, read: () => Promise<Known>): Promise<Known> => {
    try {
      return await read();
    } catch (error) {
      logger.warn('not_measured', { what, error: errorField(error) });
      return {};
    }
  };

  return async () => {
    const nowMs = clock.nowMs();
    const [depth, age, failing] = await Promise.all([
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
      measure('failing jobs', async () => ({ jobsFailing: await countFailingRepeatedly(pool, MAX_COUNTED) })),
    ]);
    const measured = { ...depth, ...age, ...failing };
    await measure('queue depth of the minute', async () => {
      await keepQueueDepth(pool, toQueueDepth(measured), new Date(nowMs));
      return {};
    });
    return measured;
  };
}

type QueueMetric = 'queueReady' | 'queueScheduled' | 'queueRetry' | 'queueProcessing' | 'oldestDueAge';

function toQueueDepth(measured: { [Name in QueueMetric]?: number }): QueueDepth {
  const { queueReady, queueScheduled, queueRetry, queueProcessing, oldestDueAge } = measured;
  return {
    ready: queueReady ?? null,
    scheduled: queueScheduled ?? null,
    retrying: queueRetry ?? null,
    processing: queueProcessing ?? null,
    oldestDueAgeMs: oldestDueAge === undefined ? null : Math.round(oldestDueAge * 1_000),
  };
}
