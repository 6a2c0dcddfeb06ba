import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type * as z from 'zod';
import { luaScripts } from '../generated/embedded.ts';
import { reachRedis, replyCode } from './errors.ts';

export type RedisConnection = Redis | Cluster;

/** Runs one script. `keys` must name every key that the script uses. The script's file opens with its contract. */
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
      // Redis does not know the script: it is the first use, or Redis was restarted or failed over. The script has not run.
      // EVAL runs it and also loads it.
      if (replyCode(error) !== 'NOSCRIPT') throw error;
      return replySchema.parse(await reachRedis(redis.eval(source, keys.length, ...keys, ...args)));
    }
  };
}
