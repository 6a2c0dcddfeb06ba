import { makeKeys } from '../../lib/redis/keys.ts';
import { connectRedis } from '../../lib/redis/client.ts';
import { makeReadPlaces, makeReadUnknown } from '../../lib/redis/places.ts';
import type { Pool } from '../../lib/db/pool.ts';

const OPEN = /* sql */ `
  select id from job_executions
   where status in ('SCHEDULED', 'RUNNING', 'RETRYING') and execution_time <= $1
   order by id limit 100`;

/** Describes where in the queue each open execution is that is due by the instant. Start here when an execution is stuck. */
export async function whereOpen(pool: Pool, redisUrl: string, dueBy: Date): Promise<string[]> {
  const { rows } = await pool.query<{ id: number }>(OPEN, [dueBy]);
  const redis = connectRedis(redisUrl);
  try {
    const keys = makeKeys('belfry');
    const places = await makeReadPlaces(redis, keys)({ limit: 100_000 });
    const unknown = new Set(await makeReadUnknown(redis, keys)(rows.map(({ id }) => id)));
    return rows.map(({ id }) => {
      const found = [
        ...(places.ready.includes(id) ? ['ready'] : []),
        ...places.scheduled.filter((entry) => entry.id === id).map(({ dueMs }) => `scheduled ${dueMs}`),
        ...places.retry.filter((entry) => entry.id === id).map(({ dueMs }) => `retry ${dueMs}`),
        ...places.processing
          .filter(({ ids }) => ids.includes(id))
          .map(({ workerId, leaseEndMs }) => `worker ${workerId} until ${leaseEndMs}`),
      ];
      const payload = unknown.has(id) ? 'no payload' : 'a payload';
      return `execution ${id}: ${payload}, ${found.length === 0 ? 'in no list' : found.join(', ')}`;
    });
  } finally {
    redis.disconnect();
  }
}
