import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import { PAYLOAD_GRACE_MS } from './enqueue.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

export function makeFindAbsent(redis: RedisConnection, keys: Keys) {
  const findAbsentInBatch = makeScript(redis, 'find-absent', z.array(z.int()));

  /**
   * Resolves with the ids that the queue does not know. These executions were never enqueued, have ended, were withdrawn, or
   * were lost with Redis. The payloads of the known ids are kept for another hour.
   */
  return async (ids: readonly number[]): Promise<number[]> => {
    const absent = await runBatches(toBatches(ids), async (batch) => {
      const positions = new Set(await findAbsentInBatch(batch.map(keys.payload), [PAYLOAD_GRACE_MS]));
      return batch.filter((_, index) => positions.has(index + 1));
    });
    return absent.flat();
  };
}

export function makeRemove(redis: RedisConnection, keys: Keys) {
  const removeBatch = makeScript(redis, 'remove', z.int());

  /**
   * Removes executions from the queue. An id in ready stays there, because finding it would walk the whole list. A worker
   * takes such an id without a payload, and the claim in PostgreSQL refuses it. Resolves with the number of ids that the
   * queue knew.
   */
  return async (ids: readonly number[]): Promise<number> => {
    const counts = await runBatches(toBatches(ids), (batch) =>
      removeBatch([keys.scheduled, keys.retry, ...batch.map(keys.payload)], batch),
    );
    return sum(counts);
  };
}
