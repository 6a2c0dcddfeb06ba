import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type * as z from 'zod';
import { luaScripts } from '../generated/embedded.ts';
import { reachRedis, replyCode } from './errors.ts';

export type RedisConnection = Redis | Cluster;

/** Runs one script. Every key it touches goes into `keys`; the contract is the head of the script's file. */
export type RunScript<Reply> = (
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<Reply>;

export function makeScript<Reply>(
  redis: RedisConnection,
  name: keyof typeof luaScripts,
  replySchema: z.ZodType<Reply>,
): RunScript<Reply> {
  const source = luaScripts[name];
  const sha = createHash('sha1').update(source).digest('hex');
  return async (keys, args) => {
    try {
      return replySchema.parse(await reachRedis(redis.evalsha(sha, keys.length, ...keys, ...args)));
    } catch (error) {
      // First use, or a Redis that was restarted or failed over: the script ran not at all, and EVAL also loads it.
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return replySchema.parse(await reachRedis(redis.eval(source, keys.length, ...keys, ...args)));
    }
  };
}
