import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

describe('enqueue', () => {
  test('enqueue puts due executions into ready, in the order given, and the others into their waiting lists', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [
      entry(1, NOON_MS),
      entry(2, NOON_MS + 1),
      entry(3, NOON_MS - 5_000, 'retry'),
      entry(4, NOON_MS + 2, 'retry'),
    ];
    expect(await queue.enqueue(entries, { nowMs: NOON_MS })).toBe(4);
    expect(await readState(redis, tag)).toEqual({
      ready: [1, 3],
      scheduled: { 2: NOON_MS + 1 },
      retry: { 4: NOON_MS + 2 },
      processing: {},
      workers: {},
      known: [1, 2, 3, 4],
    });
  });

  test('enqueue leaves executions that the queue knows where they are', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [entry(1, NOON_MS), entry(2, NOON_MS + 60_000), entry(3, NOON_MS)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    await queue.take({ workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS, limit: 1, leaseMs: 1_000 });
    const before = await readState(redis, tag);

    expect(await queue.enqueue([...entries, entry(4, NOON_MS)], { nowMs: NOON_MS })).toBe(1);
    expect(await readState(redis, tag)).toEqual({ ...before, ready: [3, 4], known: [1, 2, 3, 4] });
  });

  test('enqueue keeps one of two equal entries in a call', async () => {
    const { queue, redis, tag } = openQueue();
    expect(await queue.enqueue([entry(1, NOON_MS), entry(1, NOON_MS)], { nowMs: NOON_MS })).toBe(1);
    expect((await readState(redis, tag)).ready).toEqual([1]);
  });

  test('enqueue keeps a payload for an hour after it is due', async () => {
    const { queue, redis, keys } = openQueue();
    const hourMs = 3_600_000;
    await queue.enqueue([entry(1, NOON_MS - hourMs), entry(2, NOON_MS + hourMs)], { nowMs: NOON_MS });
    expect(await redis.pttl(keys.payload(1))).toSatisfy(isJustBelow(hourMs));
    expect(await redis.pttl(keys.payload(2))).toSatisfy(isJustBelow(2 * hourMs));
  });

  test('enqueue splits a call that is too large for one script, and keeps the order', async () => {
    const { queue, redis, keys } = openQueue();
    const ids = range(1, 5_500);
    const entries = ids.map((id) => entry(id, NOON_MS));
    expect(await queue.enqueue(entries, { nowMs: NOON_MS })).toBe(5_500);
    expect(await redis.lrange(keys.ready, 0, -1)).toEqual(ids.map(String));
    expect(await queue.enqueue(entries, { nowMs: NOON_MS })).toBe(0);
  });

  test('enqueue carries payloads of a megabyte, with every character', async () => {
    const { queue } = openQueue();
    const payload = 'ä€🔔\r\n\0"`${}\\'.padEnd(1_048_576, '.');
    const entries = range(1, 10).map((id) => ({ ...entry(id, NOON_MS), payload }));
    await queue.enqueue(entries, { nowMs: NOON_MS });
    const { taken } = await queue.take({
      workerId: 'a',
      nowMs: NOON_MS,
      horizonMs: NOON_MS,
      limit: 10,
      leaseMs: 1_000,
    });
    expect(taken.map((execution) => execution.payload === payload)).toEqual(range(1, 10).map(() => true));
  });

  test('enqueue of an empty list does nothing', async () => {
    const { queue, redis, tag } = openQueue();
    expect(await queue.enqueue([], { nowMs: NOON_MS })).toBe(0);
    expect(await redis.keys(`*${tag}*`)).toEqual([]);
  });
});

function isJustBelow(ttlMs: number) {
  return (actualMs: number) => actualMs <= ttlMs && actualMs > ttlMs - 60_000;
}
