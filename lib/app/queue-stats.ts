import type { Pool, Queryable } from '../db/pool.ts';
import { findOldestDue } from '../db/reconcile-executions.ts';
import type { Clock } from '../domain/clock.ts';
import type { Queue } from '../redis/queue.ts';
import type { QueueStats } from '../redis/stats.ts';

/** How long the execution that is due the longest has waited, in seconds, by PostgreSQL; 0 when none is due. */
export async function readOldestDueAge(db: Queryable, nowMs: number): Promise<number> {
  const oldest = await findOldestDue(db, new Date(nowMs));
  return oldest === undefined ? 0 : (nowMs - oldest.getTime()) / 1_000;
}

/**
 * What the queue holds, by Redis, and how long the oldest of it waits. The counts alone do not tell a queue that keeps up
 * from one that fell behind.
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
