import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import { BATCH_PAYLOAD_LENGTH } from './enqueue.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

type ReleaseRequest = {
  workerId: string;
  nowMs: number;
  entries: readonly {
    id: number;
    dueMs: number;
    /** Replaces the payload. */
    payload?: string | undefined;
  }[];
};

export function makeRelease(redis: RedisConnection, keys: Keys) {
  const releaseBatch = makeScript(redis, 'release', z.int());

  /**
   * Returns executions that the worker took but will not run now. Due executions go to the head of ready, in the given order;
   * the others go to scheduled. A call may be repeated. Resolves with the number of returned executions.
   */
  return async ({ workerId, nowMs, entries }: ReleaseRequest): Promise<number> => {
    // Starts with the last batch, because each batch goes in front of the current head of ready.
    const batches = toBatches(entries, {
      maxSize: BATCH_PAYLOAD_LENGTH,
      sizeOf: ({ payload }) => payload?.length ?? 0,
    }).reverse();
    const counts = await runBatches(batches, (batch) =>
      releaseBatch(
        [
          keys.processing(workerId),
          keys.ready,
          keys.scheduled,
          ...batch.map((entry) => keys.payload(entry.id)),
        ],
        [nowMs, ...batch.flatMap((entry) => [entry.id, entry.dueMs, entry.payload ?? ''])],
      ),
    );
    return sum(counts);
  };
}
