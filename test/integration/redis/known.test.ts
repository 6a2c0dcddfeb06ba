import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS + 2_000, limit: 1_000, leaseMs: 30_000 };

describe('findAbsent', () => {
  test('findAbsent returns executions that were never enqueued, have ended or were taken back, in the order asked', async () => {
    const { queue } = openQueue();
    await queue.enqueue(
      range(1, 5).map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    await queue.take({ ...take, limit: 3 });
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes: [{ id: 2, status: 'FAILED' }] });
    await queue.remove([5]);
    expect(await queue.findAbsent([9, 5, 4, 3, 2, 1])).toEqual([9, 5, 2]);
    expect(await queue.findAbsent([])).toEqual([]);
  });

  test('findAbsent extends the expiry of waiting executions by an hour, and shortens none', async () => {
    const { queue, redis, keys } = openQueue();
    const hourMs = 3_600_000;
    await queue.enqueue([entry(1, NOON_MS), entry(2, NOON_MS + hourMs)], { nowMs: NOON_MS });
    await redis.pexpire(keys.payload(1), 60_000);
    expect(await queue.findAbsent([1, 2, 3])).toEqual([3]);
    const isJustBelow = (limitMs: number) => (ttlMs: number) => ttlMs > limitMs - 60_000 && ttlMs <= limitMs;
    expect(await redis.pttl(keys.payload(1))).toSatisfy(isJustBelow(hourMs));
    expect(await redis.pttl(keys.payload(2))).toSatisfy(isJustBelow(2 * hourMs));
    expect(await redis.exists(keys.payload(3))).toBe(0);
  });

  test('findAbsent searches more executions than one script may examine', async () => {
    const { queue } = openQueue();
    const ids = range(1, 2_500);
    await queue.enqueue(
      ids.filter((id) => id % 3).map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    expect(await queue.findAbsent(ids)).toEqual(ids.filter((id) => id % 3 === 0));
  });

  test('findAbsent and enqueue restore everything after Redis is lost', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [entry(1, NOON_MS), entry(2, NOON_MS + 60_000), entry(3, NOON_MS + 1_000, 'retry')];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take({ ...take, limit: 1 });
    const before = await readState(redis, tag);
    await redis.flushdb();

    const absent = new Set(await queue.findAbsent([1, 2, 3]));
    await queue.enqueue(
      entries.filter(({ id }) => absent.has(id)),
      { nowMs: NOON_MS },
    );
    expect(await readState(redis, tag)).toEqual({ ...before, ready: [1], processing: {}, workers: {} });
  });
});

describe('remove', () => {
  test('remove takes waiting executions back', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [entry(1, NOON_MS + 1), entry(2, NOON_MS + 2, 'retry'), entry(3, NOON_MS + 3)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    expect(await queue.remove([1, 2, 99])).toBe(2);
    expect(await queue.remove([1, 2])).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({
      ready: [],
      scheduled: { 3: NOON_MS + 3 },
      retry: {},
      known: [3],
    });
  });

  test('remove leaves an id that is ready; it is taken without a payload and can be dropped', async () => {
    const { queue, redis, tag } = openQueue();
    await queue.enqueue([entry(1, NOON_MS), entry(2, NOON_MS)], { nowMs: NOON_MS });
    await queue.remove([1]);
    const { taken } = await queue.take(take);
    expect(taken).toEqual([
      { id: 1, dueMs: undefined, payload: undefined },
      { id: 2, dueMs: undefined, payload: 'payload of 2' },
    ]);
    await queue.settle({ workerId: 'a', nowMs: NOON_MS, outcomes: [{ id: 1, status: 'DROPPED' }] });
    expect(await readState(redis, tag)).toMatchObject({ processing: { a: [2] }, known: [2] });
  });

  test('remove takes back more executions than one script may move', async () => {
    const { queue, redis, tag } = openQueue();
    await queue.enqueue(
      range(1, 2_500).map((id) => entry(id, NOON_MS + 1)),
      { nowMs: NOON_MS },
    );
    expect(await queue.remove(range(1, 2_499))).toBe(2_499);
    expect(await readState(redis, tag)).toMatchObject({ scheduled: { 2500: NOON_MS + 1 }, known: [2_500] });
    expect(await queue.remove([])).toBe(0);
  });
});
