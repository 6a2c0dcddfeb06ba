import * as z from 'zod';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import type { RedisConnection } from './script.ts';

/**
 * The payloads of what a script has taken, in the order of the ids; undefined where there is none. Not in the script: a
 * script may touch only the keys it was given, and which payloads these are is known only after it.
 */
export async function readPayloads(
  redis: RedisConnection,
  keys: Keys,
  ids: readonly number[],
): Promise<(string | undefined)[]> {
  if (ids.length === 0) return [];
  const payloads = reply.parse(await reachRedis(redis.mget(ids.map(keys.payload))));
  return payloads.map((payload) => payload ?? undefined);
}

const reply = z.array(z.string().nullable());
