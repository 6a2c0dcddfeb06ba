import { createPool } from '../lib/db/pool.ts';
import { endLeases } from '../lib/db/end-leases.ts';
import { idRange } from '../lib/environment-ids.ts';
import { connectRedis } from '../lib/redis/client.ts';
import { makeQueue } from '../lib/redis/queue.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * Gives back the executions that the workers of a dead environment hold; without an id, of all environments. It ends the leases
 * of claimed executions, and returns other executions to the queue. A tick then treats them like executions of any vanished
 * worker: it sends an AT_LEAST_ONCE request again, and ends an AT_MOST_ONCE execution as FAILED, outcome unknown.
 *
 * The caller must be sure that the workers are dead, because a living worker would lose its claims.
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
