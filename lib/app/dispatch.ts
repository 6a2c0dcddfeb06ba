import type { Clock } from '../domain/clock.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import type { PublishWakeUps } from '../sqs/publish-wake-ups.ts';
import { type DeliverySettings, makeDeliver } from './deliver.ts';
import type { PartAttempts } from './part-attempts.ts';
import { type BatchSettings, makeWriteBatch } from './write-batch.ts';

export type DispatchSettings = BatchSettings & DeliverySettings & { lookAheadMs: number };

export type DispatchDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  settings: DispatchSettings;
};

export type Dispatched = {
  schedules: number;
  executions: number;
  /** False when the time ran out before everything was dispatched. */
  isComplete: boolean;
};

/** Dispatches the executions that are due by the horizon, for all schedules or only for the given jobs. */
export type Dispatch = (options: {
  horizonMs: number;
  jobIds?: readonly number[];
  /** No batch begins after this instant, in epoch milliseconds. */
  untilMs: number;
  attempts: PartAttempts;
}) => Promise<Dispatched>;

/**
 * Writes batch after batch to PostgreSQL, and delivers each to Redis and SQS while the next one is written. At most two
 * batches are in memory.
 *
 * A crash after a batch was written, or an outage of Redis or SQS, delays executions but loses none: the reconciliation
 * finds executions that are missing in the queue.
 */
export function makeDispatch(deps: DispatchDeps): Dispatch {
  const { clock } = deps;
  const writeBatch = makeWriteBatch(deps);
  const deliver = makeDeliver(deps);
  return async ({ horizonMs, jobIds, untilMs, attempts }) => {
    const planned = new Map<number, number>();
    const dispatched = { schedules: 0, executions: 0, isComplete: false };
    let delivery = Promise.resolve();
    try {
      while (!dispatched.isComplete && clock.nowMs() < untilMs) {
        const batch = await writeBatch({ horizonMs, jobIds });
        dispatched.schedules += batch.schedules;
        dispatched.executions += batch.executions.length;
        dispatched.isComplete = !batch.hasMore;
        await delivery;
        delivery = deliver(batch, { nowMs: batch.nowMs, planned, attempts });
      }
    } finally {
      await delivery;
    }
    return dispatched;
  };
}
