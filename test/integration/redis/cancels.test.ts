import { expect, test } from 'vitest';
import { NOON_MS, openQueue, range, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const sorted = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

test('cancel requests are listed for two minutes, each id once', async () => {
  const { queue, redis, keys } = openQueue();
  await queue.requestCancel([1, 2], { nowMs: NOON_MS });
  await queue.requestCancel([2, 3], { nowMs: NOON_MS + 60_000 });
  expect(sorted(await queue.listCancels())).toEqual([1, 2, 3]);
  await queue.requestCancel([4], { nowMs: NOON_MS + 120_000 });
  expect(sorted(await queue.listCancels())).toEqual([2, 3, 4]);
  expect(await redis.pttl(keys.cancels)).toBeGreaterThan(100_000);
});

test('no more than a thousand cancel requests are kept, the newest ones', async () => {
  const { queue } = openQueue();
  await queue.requestCancel(range(1, 900), { nowMs: NOON_MS });
  await queue.requestCancel(range(1_001, 900), { nowMs: NOON_MS + 1 });
  const kept = await queue.listCancels();
  expect(kept).toHaveLength(1_000);
  expect(kept).toEqual(expect.arrayContaining(range(1_001, 900)));
});

test('there are no cancel requests in an empty queue', async () => {
  const { queue } = openQueue();
  await queue.requestCancel([], { nowMs: NOON_MS });
  expect(await queue.listCancels()).toEqual([]);
});
