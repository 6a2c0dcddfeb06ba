import { describe, expect, test, vi } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS, limit: 1_000, leaseMs: 30_000 };
const leaseEndMs = NOON_MS + 30_000;

/** A queue in which worker `a` holds executions 1 to `count`. */
async function openQueueInHand(count: number) {
  const opened = openQueue();
  await opened.queue.enqueue(
    range(1, count).map((id) => entry(id, NOON_MS)),
    { nowMs: NOON_MS },
  );
  for (let left = count; left > 0; left -= 1_000) await opened.queue.take(take);
  return opened;
}

describe('reclaim', () => {
  test('reclaim leaves a worker alone until its lease ends', async () => {
    const { queue, redis, tag } = await openQueueInHand(2);
    expect(await queue.reclaim({ nowMs: leaseEndMs - 1, limit: 1_000 })).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({
      processing: { a: [1, 2] },
      workers: { a: leaseEndMs },
    });
  });

  test("reclaim then releases the worker's executions, in order, ahead of all others, and removes the worker", async () => {
    const { queue, redis, tag } = await openQueueInHand(3);
    await queue.enqueue([entry(4, NOON_MS)], { nowMs: NOON_MS });
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 1_000 })).toBe(3);
    expect(await readState(redis, tag)).toMatchObject({ ready: [1, 2, 3, 4], processing: {}, workers: {} });
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 1_000 })).toBe(0);
  });

  test('reclaim moves no more than its limit, and finds the worker again later', async () => {
    const { queue, redis, tag } = await openQueueInHand(5);
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 2 })).toBe(2);
    expect(await readState(redis, tag)).toMatchObject({
      ready: [4, 5],
      processing: { a: [1, 2, 3] },
      workers: { a: leaseEndMs },
    });
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 3 })).toBe(3);
    expect(await readState(redis, tag)).toMatchObject({ ready: [1, 2, 3, 4, 5], workers: {} });
  });

  test('reclaim handles several workers and more executions than one script may move', async () => {
    const { queue, redis, keys, tag } = await openQueueInHand(2_500);
    await queue.enqueue(
      range(3_001, 10).map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    await queue.take({ ...take, workerId: 'b' });
    await queue.take({ ...take, workerId: 'idle' });
    await queue.take({ ...take, workerId: 'alive', leaseMs: 60_000 });
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 10_000 })).toBe(2_510);
    expect(await redis.llen(keys.ready)).toBe(2_510);
    expect((await redis.lrange(keys.ready, -2_500, -1)).map(Number)).toEqual(range(1, 2_500));
    expect((await readState(redis, tag)).workers).toEqual({ alive: NOON_MS + 60_000 });
  });

  test('reclaim releases the executions of a thousand vanished workers in a few round trips', async () => {
    const { queue, redis, keys, tag } = openQueue();
    await queue.enqueue(
      range(1, 2_000).map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    for (const worker of range(1, 1_000))
      await queue.take({ ...take, workerId: `worker ${worker}`, limit: worker % 2 === 0 ? 4 : 0 });
    using scripts = vi.spyOn(redis, 'evalsha');
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 10_000 })).toBe(2_000);
    expect(scripts.mock.calls.length).toBeLessThan(10);
    expect(await redis.llen(keys.ready)).toBe(2_000);
    expect(await readState(redis, tag)).toMatchObject({ processing: {}, workers: {} });
  });

  test('reclaim leaves a worker whose heartbeat arrives just after it was found expired', async () => {
    const { queue, redis, tag } = await openQueueInHand(1);
    const nowMs = leaseEndMs;
    using _ = vi.spyOn(redis, 'zrangebyscore').mockImplementationOnce(async () => {
      await queue.heartbeat({ workerId: 'a', nowMs, leaseMs: 30_000 });
      return ['a'];
    });
    expect(await queue.reclaim({ nowMs, limit: 1_000 })).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({ ready: [], processing: { a: [1] } });
  });

  test('two calls of reclaim at the same time move each execution once', async () => {
    const { queue, redis, tag } = await openQueueInHand(100);
    const moved = await Promise.all(range(1, 5).map(() => queue.reclaim({ nowMs: leaseEndMs, limit: 30 })));
    await queue.reclaim({ nowMs: leaseEndMs, limit: 1_000 });
    expect(moved.every((count) => count <= 30)).toBe(true);
    const { ready, processing } = await readState(redis, tag);
    expect(ready.toSorted((a, b) => a - b)).toEqual(range(1, 100));
    expect(processing).toEqual({});
  });
});

describe('heartbeat', () => {
  test('a heartbeat keeps the executions of the worker with the worker', async () => {
    const { queue, redis, tag } = await openQueueInHand(1);
    await queue.heartbeat({ workerId: 'a', nowMs: leaseEndMs - 1, leaseMs: 30_000 });
    expect(await queue.reclaim({ nowMs: leaseEndMs, limit: 1_000 })).toBe(0);
    expect(await queue.reclaim({ nowMs: leaseEndMs + 29_999, limit: 1_000 })).toBe(1);
    expect((await readState(redis, tag)).workers).toEqual({});
  });

  test('a heartbeat of a worker that has left does not bring it back', async () => {
    const { queue, redis, tag } = await openQueueInHand(1);
    await queue.retire('a');
    await queue.heartbeat({ workerId: 'a', nowMs: NOON_MS, leaseMs: 30_000 });
    expect((await readState(redis, tag)).workers).toEqual({});
  });
});

describe('retire', () => {
  test('retire releases the remaining executions, regardless of the lease, and removes the worker', async () => {
    const { queue, redis, tag } = await openQueueInHand(3);
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes: [{ id: 2, status: 'SUCCESS' }] });
    expect(await queue.retire('a')).toBe(2);
    expect(await readState(redis, tag)).toMatchObject({ ready: [1, 3], processing: {}, workers: {} });
    expect(await queue.retire('a')).toBe(0);
  });

  test('retire releases more executions than one script may move, in order', async () => {
    const { queue, redis, keys, tag } = await openQueueInHand(3_000);
    expect(await queue.retire('a')).toBe(3_000);
    expect((await redis.lrange(keys.ready, 0, -1)).map(Number)).toEqual(range(1, 3_000));
    expect((await readState(redis, tag)).workers).toEqual({});
  });

  test('retire of an unknown worker does nothing', async () => {
    const { queue } = openQueue();
    expect(await queue.retire('nobody')).toBe(0);
  });
});
