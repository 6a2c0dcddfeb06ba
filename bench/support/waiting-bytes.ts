import type { Redis } from 'ioredis';
import { makePayloadText } from '../../lib/app/execution-payload.ts';
import { makeQueue } from '../../lib/redis/queue.ts';
import { sampleJob } from './prepare.ts';

export const WAITING = 20_000;

/**
 * Measures the bytes that Redis needs for one waiting execution: the growth of its `used_memory` over 20,000 of them, each
 * with its own key and a place in `scheduled`.
 *
 * @param request `small` is in the payload of the execution, `large` stays in PostgreSQL, regardless of its size.
 */
export async function measureWaitingBytes(redis: Redis, request: 'small' | 'large'): Promise<number> {
  await redis.flushall();
  const queue = makeQueue(redis);
  const nowMs = Date.now();
  const job = sampleJob(1, 'https://example.com/hook', '* * * * * *');
  const content = request === 'small' ? job : { headers: null, body: null };
  const payloadAt = makePayloadText({ ...job, ...content, jobId: 1, revision: 1 });
  const before = await usedMemory(redis);
  for (let first = 0; first < WAITING; first += 1_000) {
    const entries = Array.from({ length: 1_000 }, (_, place) => {
      const dueMs = nowMs + 60_000 + first + place;
      return {
        id: first + place + 1,
        dueMs,
        payload: payloadAt(new Date(dueMs)),
        queue: 'scheduled' as const,
      };
    });
    await queue.enqueue(entries, { nowMs });
  }
  return ((await usedMemory(redis)) - before) / WAITING;
}

export async function usedMemory(redis: Redis): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? [];
  if (bytes === undefined) throw new Error('Redis does not tell what memory it uses');
  return Number(bytes);
}
