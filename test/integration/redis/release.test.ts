import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS + 2_000, limit: 1_000, leaseMs: 30_000 };

describe('release', () => {
  test('release returns executions to scheduled by their due instants', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [
      entry(1, NOON_MS),
      entry(2, NOON_MS),
      entry(3, NOON_MS + 1_000),
      entry(4, NOON_MS + 500),
    ];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take(take);
    await queue.enqueue([entry(5, NOON_MS)], { nowMs: NOON_MS });

    expect(await queue.release({ workerId: 'a', entries })).toBe(4);
    expect(await readState(redis, tag)).toMatchObject({
      ready: [5],
      scheduled: { 1: NOON_MS, 2: NOON_MS, 3: NOON_MS + 1_000, 4: NOON_MS + 500 },
      processing: {},
      known: [1, 2, 3, 4, 5],
    });
  });

  test('release may be repeated, and moves no execution that another worker holds', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [entry(1, NOON_MS)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take(take);
    await queue.release({ workerId: 'a', entries });
    expect(await queue.release({ workerId: 'a', entries })).toBe(0);
    await queue.take({ ...take, workerId: 'b' });
    expect(await queue.release({ workerId: 'a', entries })).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({ ready: [], processing: { b: [1] } });
  });

  test('release does not return an execution that was taken back while a worker held it', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [entry(1, NOON_MS), entry(2, NOON_MS + 1_000), entry(3, NOON_MS)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take(take);
    await queue.remove([1, 2]);
    expect(await queue.release({ workerId: 'a', entries })).toBe(1);
    expect(await readState(redis, tag)).toMatchObject({
      ready: [],
      scheduled: { 3: NOON_MS },
      processing: {},
    });
  });

  test('release replaces a payload that is given, without a change of its expiry, and keeps any other', async () => {
    const { queue, redis, keys } = openQueue();
    const entries = [entry(1, NOON_MS), entry(2, NOON_MS)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take(take);
    const ttlMs = await redis.pttl(keys.payload(1));
    const released = [
      { id: 1, dueMs: NOON_MS, payload: '{"snoozes":1}' },
      { id: 2, dueMs: NOON_MS },
    ];
    expect(await queue.release({ workerId: 'a', entries: released })).toBe(2);
    expect(await redis.get(keys.payload(1))).toBe('{"snoozes":1}');
    expect(await redis.get(keys.payload(2))).toBe(entries[1]?.payload);
    expect(await redis.pttl(keys.payload(1))).toBeGreaterThan(ttlMs - 60_000);
    expect(await redis.pttl(keys.payload(1))).toBeLessThanOrEqual(ttlMs);
  });

  test('release gives no payload to an execution that was taken back', async () => {
    const { queue, redis, keys } = openQueue();
    await queue.enqueue([entry(1, NOON_MS)], { nowMs: NOON_MS });
    await queue.take(take);
    await queue.remove([1]);
    await queue.release({
      workerId: 'a',
      entries: [{ id: 1, dueMs: NOON_MS, payload: 'a' }],
    });
    expect(await redis.exists(keys.payload(1))).toBe(0);
  });

  test('executions that workers return one after the other are taken in due order', async () => {
    const { queue } = openQueue();
    const entries = range(1, 3).map((id) => entry(id, NOON_MS + id));
    await queue.enqueue(entries, { nowMs: NOON_MS });
    const late = { ...take, nowMs: NOON_MS + 1_000, limit: 1 };
    for (const workerId of ['a', 'b', 'c']) await queue.take({ ...late, workerId });
    for (const [index, workerId] of ['a', 'b', 'c'].entries()) {
      await queue.release({ workerId, entries: [entries[index]!] });
    }

    const { taken } = await queue.take({ ...late, limit: 3 });
    expect(taken.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('release returns more executions than one script may move', async () => {
    const { queue, redis, keys } = openQueue();
    const entries = range(1, 2_500).map((id) => entry(id, NOON_MS + id));
    await queue.enqueue(entries, { nowMs: NOON_MS });
    for (const _ of range(1, 3)) await queue.take({ ...take, horizonMs: NOON_MS + 3_000 });
    expect(await queue.release({ workerId: 'a', entries })).toBe(2_500);
    expect(await redis.zrange(keys.scheduled, '0', '-1')).toEqual(range(1, 2_500).map(String));
  });
});
