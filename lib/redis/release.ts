import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import { BATCH_PAYLOAD_LENGTH } from './enqueue.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

type ReleaseRequest = {
  workerId: string;
  entries: readonly {
    id: number;
    /** Past or future. */
    dueMs: number;
    /** Replaces the payload. */
    payload?: string | undefined;
  }[];
};

export function makeRelease(redis: RedisConnection, keys: Keys) {
  const releaseBatch = makeScript(redis, 'release', z.int());

  /**
   * Returns executions that the worker took but will not run now to scheduled, by their due instants. A call may be repeated.
   * Resolves with the number of returned executions.
   */
  return async ({ workerId, entries }: ReleaseRequest): Promise<number> => {
    const batches = toBatches(entries, {
      maxSize: BATCH_PAYLOAD_LENGTH,
      sizeOf: ({ payload }) => payload?.length ?? 0,
    });
    const counts = await runBatches(batches, (batch) =>
      releaseBatch(
        [keys.processing(workerId), keys.scheduled, ...batch.map((entry) => keys.payload(entry.id))],
        batch.flatMap((entry) => [entry.id, entry.dueMs, entry.payload ?? '']),
      ),
    );
    return sum(counts);
  };
}
