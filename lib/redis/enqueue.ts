import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type QueueEntry = {
  id: number;
  /** Milliseconds since the epoch, an integer. */
  dueMs: number;
  payload: string;
  /** The set in which the execution waits when it is not due yet. */
  queue: 'scheduled' | 'retry';
};

/**
 * How long a payload outlives its due instant. Each tick renews the payloads of waiting executions. Without a tick for this
 * long they expire, and the next tick enqueues the executions from PostgreSQL again.
 */
export const PAYLOAD_GRACE_MS = 60 * 60 * 1_000;

/** Maximum length of all payloads in one command. A payload may have a megabyte; a thousand of them are too much. */
export const BATCH_PAYLOAD_LENGTH = 4 * 1_048_576;

export function makeEnqueue(redis: RedisConnection, keys: Keys) {
  const enqueueBatch = makeScript(redis, 'enqueue', z.int());

  /**
   * Adds executions to the queue. It does not change executions that the queue already knows, so a call may be repeated. Due
   * executions go to ready in the given order. Resolves with the number of new executions.
   */
  return async (entries: readonly QueueEntry[], { nowMs }: { nowMs: number }): Promise<number> => {
    const batches = toBatches(entries, {
      maxSize: BATCH_PAYLOAD_LENGTH,
      sizeOf: (entry) => entry.payload.length,
    });
    const counts = await runBatches(batches, (batch) =>
      enqueueBatch(
        [keys.ready, keys.scheduled, keys.retry, ...batch.map((entry) => keys.payload(entry.id))],
        [
          nowMs,
          PAYLOAD_GRACE_MS,
          ...batch.flatMap((entry) => [entry.id, entry.dueMs, entry.queue, entry.payload]),
        ],
      ),
    );
    return sum(counts);
  };
}
