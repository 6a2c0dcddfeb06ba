import { runBatches, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { textList } from './long-lists.ts';
import type { RedisConnection } from './script.ts';

/**
 * Reads the payloads of executions, in the order of the ids; a missing payload is undefined. The script that takes
 * executions cannot read their payloads: a script may use only the keys that it receives, and which payloads it needs is
 * known only after it has run.
 */
export async function readPayloads(
  redis: RedisConnection,
  keys: Keys,
  ids: readonly number[],
): Promise<(string | undefined)[]> {
  if (ids.length === 0) return [];
  const payloads = textList.parse(await reachRedis(redis.mget(ids.map(keys.payload))));
  return payloads.map((payload) => payload ?? undefined);
}

export function makeFindPayloads(redis: RedisConnection, keys: Keys) {
  /** Finds the payloads of executions, wherever they are in the queue, and changes nothing. Executions that it does not know are left out. */
  return async (ids: readonly number[]): Promise<Map<number, string>> => {
    const found = new Map<number, string>();
    await runBatches(toBatches(ids), async (batch) => {
      for (const [index, payload] of (await readPayloads(redis, keys, batch)).entries()) {
        const id = batch[index];
        if (id !== undefined && payload !== undefined) found.set(id, payload);
      }
    });
    return found;
  };
}
