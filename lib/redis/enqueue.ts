import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export type QueueEntry = {
  id: number;
  /** Whole milliseconds since the epoch. */
  dueMs: number;
  payload: string;
  /** Where it waits when it is not due yet. */
  queue: 'scheduled' | 'retry';
};

/**
 * A payload outlives its due instant by this much. Each tick renews it for what still waits; without ticks for so long it
 * is gone, and the next tick brings it again from PostgreSQL.
 */
export const PAYLOAD_GRACE_MS = 60 * 60 * 1_000;

/** Payloads may have a megabyte each: a thousand of them must not become one command. */
const BATCH_PAYLOAD_LENGTH = 4 * 1_048_576;

export function makeEnqueue(redis: RedisConnection, keys: Keys) {
  const enqueueBatch = makeScript(redis, 'enqueue', z.int());

  /**
   * Makes executions known to the queue; one it knows is left as it is, so this may be repeated. What is due goes to
   * ready in the order given. Resolves with how many were new.
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
