import { expect, test } from 'vitest';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeQueue, type Queue } from '../../../lib/redis/queue.ts';
import { entry, NOON_MS, openQueue, range, redisUrl, useOwnRedis } from './fixture.ts';

await useOwnRedis();

/** Makes every call of the queue, on executions in every place. */
async function useAll(queue: Queue): Promise<void> {
  const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS + 2_000, limit: 5, leaseMs: 30_000 };
  await queue.ping();
  await queue.enqueue(
    [
      ...range(1, 8).map((id) => entry(id, NOON_MS)),
      entry(9, NOON_MS + 60_000),
      entry(10, NOON_MS + 1, 'retry'),
    ],
    { nowMs: NOON_MS },
  );
  await queue.take(take);
  await queue.take({ ...take, workerId: 'b', limit: 1 });
  await queue.settle({
    workerId: 'a',
    nowMs: NOON_MS,
    outcomes: [
      { id: 1, status: 'SUCCESS' },
      { id: 2, status: 'FAILED' },
      { id: 3, status: 'RETRYING', dueAt: new Date(NOON_MS + 60_000) },
      { id: 4, status: 'DROPPED' },
    ],
  });
  await queue.release({ workerId: 'a', entries: [{ id: 5, dueMs: NOON_MS + 60_000 }] });
  await queue.heartbeat({ workerId: 'a', nowMs: NOON_MS, leaseMs: 30_000 });
  await queue.retire('a');
  await queue.reclaim({ nowMs: NOON_MS + 30_000, limit: 100 });
  await queue.findAbsent([1, 5]);
  await queue.remove([9]);
  await queue.listInHand('a', { except: () => false });
  await queue.overdue(NOON_MS);
  await queue.stats(NOON_MS);
  await queue.take({ ...take, limit: 1 });
}

test('no key is touched without the hash tag, not even inside scripts', async () => {
  const { redis, tag } = openQueue();
  // Redis itself checks this: the user of the test may touch only keys with the tag.
  await redis.call('ACL', 'SETUSER', tag, 'on', 'nopass', '+@all', `~{${tag}}:*`);
  const watched = connectRedis(redisUrl);
  try {
    await watched.auth(tag, 'any');
    await useAll(makeQueue(watched, { tag }));
    await expect(watched.get('elsewhere')).rejects.toThrow('NOPERM');
  } finally {
    watched.disconnect();
    await redis.call('ACL', 'DELUSER', tag);
  }
});

test('every key that can be left behind expires; the others are the queue itself', async () => {
  const { queue, redis, keys, tag } = openQueue();
  await useAll(queue);
  const lasting: string[] = [];
  for (const key of await redis.keys(`{${tag}}:*`)) {
    if ((await redis.pttl(key)) === -1) lasting.push(key);
  }
  // A processing list lasts as long as its worker is known, and reclaim ends both.
  expect(lasting.toSorted()).toEqual([
    keys.processing('a'),
    keys.ready,
    keys.retry,
    keys.scheduled,
    keys.workers,
  ]);
  expect(await redis.zrange(keys.workers, 0, '-1')).toEqual(['a']);
});

test('scripts are loaded again after the server has forgotten them', async () => {
  const { queue, redis } = openQueue();
  await useAll(queue);
  await redis.script('FLUSH');
  await queue.enqueue([entry(11, NOON_MS)], { nowMs: NOON_MS });
  expect(await queue.findAbsent([11, 12])).toEqual([12]);
});
