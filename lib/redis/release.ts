import * as z from 'zod';
import { runBatches, sum, toBatches } from './batches.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

type ReleaseRequest = {
  workerId: string;
  nowMs: number;
  entries: readonly { id: number; dueMs: number }[];
};

export function makeRelease(redis: RedisConnection, keys: Keys) {
  const releaseBatch = makeScript(redis, 'release', z.int());

  /**
   * Gives back what the worker took and will not run now: what is due to the head of ready, in the order given, the
   * rest to scheduled. May be repeated. Resolves with how many went back.
   */
  return async ({ workerId, nowMs, entries }: ReleaseRequest): Promise<number> => {
    // The last batch first: each goes before what is at the head of ready already.
    const batches = toBatches(entries).reverse();
    const counts = await runBatches(batches, (batch) =>
      releaseBatch(
        [
          keys.processing(workerId),
          keys.ready,
          keys.scheduled,
          ...batch.map((entry) => keys.payload(entry.id)),
        ],
        [nowMs, ...batch.flatMap((entry) => [entry.id, entry.dueMs])],
      ),
    );
    return sum(counts);
  };
}
