import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const dayMs = 24 * 60 * 60 * 1_000;

/** A queue in which worker `a` holds executions 1 to `count`. */
async function openQueueInHand(count: number, options: { maxFinished?: number } = {}) {
  const opened = openQueue(options);
  await opened.queue.enqueue(
    range(1, count).map((id) => entry(id, NOON_MS)),
    { nowMs: NOON_MS },
  );
  await opened.queue.take({ ...take, limit: count });
  return opened;
}

const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS, limit: 1_000, leaseMs: 30_000 };

describe('settle', () => {
  test('settle removes completed and failed executions and counts them', async () => {
    const { queue, redis, keys, tag } = await openQueueInHand(3);
    const settled = await queue.settle({
      workerId: 'a',
      nowMs: NOON_MS,
      outcomes: [
        { id: 3, status: 'SUCCESS' },
        { id: 1, status: 'SUCCESS' },
        { id: 2, status: 'FAILED' },
      ],
    });
    expect(settled).toBe(3);
    expect(await readState(redis, tag)).toMatchObject({ ready: [], retry: {}, processing: {}, known: [] });
    expect(await redis.smembers(keys.completed('2026-01-15'))).toEqual(['1', '3']);
    expect(await redis.smembers(keys.failed('2026-01-15'))).toEqual(['2']);
    expect(await queue.stats(NOON_MS)).toMatchObject({ completed: 2, failed: 1 });
  });

  test('settle puts a retry where it waits, and keeps its payload until an hour after it is due', async () => {
    const { queue, redis, keys, tag } = await openQueueInHand(1);
    const dueMs = NOON_MS + 300_000;
    await queue.settle({
      workerId: 'a',
      nowMs: NOON_MS,
      outcomes: [{ id: 1, status: 'RETRYING', dueAt: new Date(dueMs) }],
    });
    expect(await readState(redis, tag)).toMatchObject({ processing: {}, retry: { 1: dueMs }, known: [1] });
    expect(await redis.pttl(keys.payload(1))).toSatisfy(
      (ttlMs: number) => ttlMs > 3_840_000 && ttlMs <= 3_900_000,
    );

    const again = await queue.take({ ...take, nowMs: dueMs });
    expect(again.taken).toEqual([{ id: 1, dueMs: undefined, payload: 'payload of 1' }]);
  });

  test('settle removes dropped executions and does not count them', async () => {
    const { queue, redis, tag } = await openQueueInHand(2);
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes: [{ id: 1, status: 'DROPPED' }] });
    expect(await readState(redis, tag)).toMatchObject({ processing: { a: [2] }, known: [2] });
    expect(await queue.stats(NOON_MS)).toMatchObject({ completed: 0, failed: 0 });
  });

  test('settle may be repeated', async () => {
    const { queue, redis, tag } = await openQueueInHand(4);
    const request = {
      workerId: 'a',
      nowMs: NOON_MS,
      outcomes: [
        { id: 1, status: 'SUCCESS' },
        { id: 2, status: 'FAILED' },
        { id: 3, status: 'RETRYING', dueAt: new Date(NOON_MS + 1_000) },
        { id: 4, status: 'DROPPED' },
      ],
    } as const;
    expect(await queue.settle(request)).toBe(4);
    const before = [await readState(redis, tag), await queue.stats(NOON_MS)];
    expect(await queue.settle(request)).toBe(0);
    expect([await readState(redis, tag), await queue.stats(NOON_MS)]).toEqual(before);
  });

  test('a repeated retry does not return an execution that has been taken since', async () => {
    const { queue, redis, tag } = await openQueueInHand(1);
    const outcomes = [{ id: 1, status: 'RETRYING', dueAt: new Date(NOON_MS + 1_000) }] as const;
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes });
    await queue.take({ ...take, workerId: 'b', nowMs: NOON_MS + 1_000 });
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes });
    expect(await readState(redis, tag)).toMatchObject({ retry: {}, processing: { b: [1] } });
  });

  test('a reclaimed execution may still be completed, once, but not retried or dropped', async () => {
    const { queue, redis, tag } = await openQueueInHand(3);
    await queue.reclaim({ nowMs: NOON_MS + 30_000, limit: 1_000 });
    const request = {
      workerId: 'a',
      nowMs: NOON_MS + 30_000,
      outcomes: [
        { id: 1, status: 'SUCCESS' },
        { id: 2, status: 'RETRYING', dueAt: new Date(NOON_MS + 40_000) },
        { id: 3, status: 'DROPPED' },
      ],
    } as const;
    expect(await queue.settle(request)).toBe(1);
    expect(await queue.settle(request)).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({ ready: [1, 2, 3], retry: {}, known: [2, 3] });
    expect(await queue.stats(NOON_MS)).toMatchObject({ completed: 1 });
  });

  test('an execution that two workers completed counts once', async () => {
    const { queue } = await openQueueInHand(1);
    const outcomes = [{ id: 1, status: 'SUCCESS' }] as const;
    await queue.reclaim({ nowMs: NOON_MS + 30_000, limit: 1_000 });
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes });
    await queue.take({ ...take, workerId: 'b' });
    await queue.settle({ workerId: 'b', nowMs: NOON_MS, outcomes });
    expect(await queue.stats(NOON_MS)).toMatchObject({ completed: 1 });
  });

  test('settle does not retry an execution that was taken back while it ran', async () => {
    const { queue, redis, tag } = await openQueueInHand(1);
    await queue.remove([1]);
    const outcomes = [{ id: 1, status: 'RETRYING', dueAt: new Date(NOON_MS + 1_000) }] as const;
    expect(await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes })).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({ retry: {}, processing: {}, known: [] });
  });

  test('settle leaves no partial entries when Redis was lost in between', async () => {
    const { queue, redis, tag } = await openQueueInHand(2);
    await redis.flushdb();
    await queue.settle({
      workerId: 'a',
      nowMs: NOON_MS,
      outcomes: [
        { id: 1, status: 'RETRYING', dueAt: new Date(NOON_MS + 1_000) },
        { id: 2, status: 'SUCCESS' },
      ],
    });
    expect(await readState(redis, tag)).toMatchObject({ retry: {}, known: [] });
    expect(await queue.findAbsent([1, 2])).toEqual([1, 2]);
  });

  test('the counts are exact although the sets are bounded', async () => {
    const { queue, redis, keys } = await openQueueInHand(25, { maxFinished: 10 });
    const outcomes = range(1, 25).map((id) => ({ id, status: id % 2 ? 'SUCCESS' : 'FAILED' }) as const);
    for (const from of [0, 5, 10, 15, 20]) {
      await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes: outcomes.slice(from, from + 5) });
    }
    // Even executions that the set has dropped are not counted again.
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes });
    expect(await queue.stats(NOON_MS)).toMatchObject({ completed: 13, failed: 12 });
    expect(await redis.scard(keys.completed('2026-01-15'))).toBe(10);
    expect(await redis.scard(keys.failed('2026-01-15'))).toBe(10);
  });

  test('settle counts by the UTC day, and the counts of a day expire an hour after it ends', async () => {
    const { queue, redis, keys } = await openQueueInHand(4);
    const midnightMs = Date.UTC(2026, 0, 16);
    for (const [id, nowMs] of [
      [1, midnightMs - 1],
      [2, midnightMs],
      [3, midnightMs + 1],
    ] as const) {
      await queue.settle({ workerId: 'a', nowMs, outcomes: [{ id, status: 'SUCCESS' }] });
    }
    await queue.settle({ workerId: 'a', nowMs: midnightMs - 1, outcomes: [{ id: 4, status: 'FAILED' }] });
    expect((await queue.stats(midnightMs - 1)).completed).toBe(1);
    expect((await queue.stats(midnightMs)).completed).toBe(2);
    expect((await queue.stats(midnightMs + dayMs)).completed).toBe(0);
    const day = '2026-01-15';
    for (const key of [
      keys.completed(day),
      keys.completedCount(day),
      keys.failed(day),
      keys.failedCount(day),
    ]) {
      expect(await redis.pttl(key)).toSatisfy((ttlMs: number) => ttlMs > 3_540_000 && ttlMs <= 3_600_001);
    }
  });

  test('settle handles more executions than one script may move, in any order', async () => {
    const { queue, redis, tag } = openQueue();
    const ids = range(1, 2_500);
    await queue.enqueue(
      ids.map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    for (const _ of range(1, 3)) await queue.take(take);
    const outcomes = ids.toReversed().map((id) => ({ id, status: 'SUCCESS' }) as const);
    expect(await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes })).toBe(2_500);
    expect(await readState(redis, tag)).toMatchObject({ processing: {}, known: [] });
    expect((await queue.stats(NOON_MS)).completed).toBe(2_500);
  });
});
