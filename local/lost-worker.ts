import { createPool } from '../lib/db/pool.ts';
import { endLeases } from '../lib/db/end-leases.ts';
import { idRange } from '../lib/environment-ids.ts';
import { connectRedis } from '../lib/redis/client.ts';
import { makeQueue } from '../lib/redis/queue.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Gives back what the workers of an environment hold that has died, or, without one, those of all environments: what they
 * had claimed is as if its lease had run out, what they had only taken goes back to the queue. A tick does the rest, as for
 * any worker that vanished: an AT_LEAST_ONCE request is sent again, an AT_MOST_ONCE one ends FAILED, outcome unknown.
 *
 * The caller knows that they are dead: from a worker that lives, this would take its claims.
 */
export async function giveBackFromDead(
  stores: { databaseUrl: string; redisUrl: string },
  environmentId?: string,
): Promise<void> {
  const range = idRange(environmentId);
  const pool = createPool(stores.databaseUrl, {
    max: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onError: () => {},
  });
  const redis = connectRedis(stores.redisUrl);
  try {
    await endLeases(pool, range);
    await makeQueue(redis).retireRange(range);
  } finally {
    redis.disconnect();
    await pool.end();
  }
}
