import * as z from 'zod';
import { runBatches, toBatches } from './batches.ts';
import { reachRedis } from './errors.ts';
import type { Keys } from './keys.ts';
import { makeScript, type RedisConnection } from './script.ts';

/** Longer than any request and its lease: a cancel request is no use after that. */
const KEPT_MS = 120_000;
/** Maximum number of cancel requests. Each worker with open requests reads all of them every second. */
const MAX_CANCELS = 1_000;

export function makeRequestCancel(redis: RedisConnection, keys: Keys) {
  const requestCancel = makeScript(redis, 'request-cancel', z.int());

  /**
   * Asks the workers that hold these executions to break off their requests. A request that is lost (with Redis, or because
   * more than 1,000 came within two minutes) costs only that: PostgreSQL has the mark that ends the retries.
   */
  return async (ids: readonly number[], { nowMs }: { nowMs: number }): Promise<void> => {
    await runBatches(toBatches(ids), (batch) =>
      requestCancel([keys.cancels], [nowMs, KEPT_MS, MAX_CANCELS, ...batch]),
    );
  };
}

export function makeListCancels(redis: RedisConnection, keys: Keys) {
  /** Lists the executions whose requests must be broken off, at most 1,000. */
  return async (): Promise<number[]> =>
    z.array(z.coerce.number()).parse(await reachRedis(redis.zrange(keys.cancels, 0, '-1')));
}
