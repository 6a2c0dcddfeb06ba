import type { Pool, Queryable } from '../db/pool.ts';
import { findOldestDue } from '../db/reconcile-executions.ts';
import type { Clock } from '../domain/clock.ts';
import type { Queue } from '../redis/queue.ts';
import type { QueueStats } from '../redis/stats.ts';

/** Reads from PostgreSQL how long the oldest due execution has waited, in seconds. It is 0 when no execution is due. */
export async function readOldestDueAge(db: Queryable, nowMs: number): Promise<number> {
  const oldest = await findOldestDue(db, new Date(nowMs));
  return oldest === undefined ? 0 : (nowMs - oldest.getTime()) / 1_000;
}

/**
 * Reads the number of executions in the queue (from Redis), and the age of the oldest due one (from PostgreSQL). The
 * counts alone do not show whether the workers keep up.
 *
 * @throws UnavailableError when either cannot be reached.
 */
export function makeReadQueueStats({
  pool,
  queue,
  clock,
}: {
  pool: Pool;
  queue: Pick<Queue, 'stats'>;
  clock: Clock;
}) {
  return async (): Promise<QueueStats & { oldestDueAgeSeconds: number }> => {
    const nowMs = clock.nowMs();
    const [stats, oldestDueAgeSeconds] = await Promise.all([
      queue.stats(nowMs),
      readOldestDueAge(pool, nowMs),
    ]);
    return { ...stats, oldestDueAgeSeconds };
  };
}
