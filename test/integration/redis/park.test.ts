import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState } from './fixture.ts';

const HOST = 'https://slow.example';
const UNTIL_MS = NOON_MS + 60_000;
const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS, limit: 1_000, leaseMs: 30_000 };
const unpark = { workerId: 'b', nowMs: NOON_MS + 1_000, host: HOST, limit: 10, leaseMs: 30_000 };

/** Parked by worker a, each with its id for its rank. */
async function parkAll(ids: readonly number[]) {
  const opened = openQueue();
  await opened.queue.enqueue(
    ids.map((id) => entry(id, NOON_MS)),
    { nowMs: NOON_MS },
  );
  await opened.queue.take(take);
  const entries = ids.map((id) => ({ id, untilMs: UNTIL_MS, rank: id }));
  const park = { workerId: 'a', nowMs: NOON_MS, host: HOST, entries };
  expect(await opened.queue.park(park)).toBe(ids.length);
  return { ...opened, park };
}

describe('what is parked', () => {
  test('waits in scheduled, in nobody’s hands, and its host is told of', async () => {
    const { queue, redis, tag } = await parkAll([1, 2]);
    expect(await readState(redis, tag)).toMatchObject({
      ready: [],
      scheduled: { 1: UNTIL_MS, 2: UNTIL_MS },
      processing: {},
      known: [1, 2],
    });
    expect(await queue.parkedHosts(NOON_MS)).toEqual([HOST]);
    expect(await queue.parkedHosts(UNTIL_MS + 1)).toEqual([]);
    expect(await queue.overdue(NOON_MS + 1_000)).toBe(0);
  });

  test('is drawn by rank, with its payload, into the hands of whoever asks', async () => {
    const { queue, redis, tag } = await parkAll([3, 1, 2]);
    expect(await queue.unpark({ ...unpark, limit: 2 })).toEqual({
      remaining: 1,
      taken: [1, 2].map((id) => ({ id, payload: `payload of ${id}` })),
    });
    expect(await readState(redis, tag)).toMatchObject({
      scheduled: { 3: UNTIL_MS },
      processing: { b: [1, 2] },
      workers: { b: NOON_MS + 31_000 },
    });
    expect(await queue.unpark(unpark)).toMatchObject({ remaining: 0, taken: [{ id: 3 }] });
    expect(await queue.parkedHosts(NOON_MS)).toEqual([]);
    expect(await queue.unpark(unpark)).toEqual({ remaining: 0, taken: [] });
  });

  test('comes by itself in the end, and is not drawn after', async () => {
    const { queue } = await parkAll([1]);
    const { taken } = await queue.take({ ...take, nowMs: UNTIL_MS, horizonMs: UNTIL_MS });
    expect(taken).toMatchObject([{ id: 1, dueMs: undefined }]);
    expect(await queue.unpark({ ...unpark, nowMs: UNTIL_MS })).toEqual({ remaining: 0, taken: [] });
  });

  test('is not drawn when scheduled holds it for its own instant, which is near', async () => {
    const { queue, redis, tag } = await parkAll([1]);
    const nowMs = UNTIL_MS - 2_000;
    await queue.take({ ...take, nowMs, horizonMs: UNTIL_MS });
    const dueMs = nowMs + 2_200;
    await queue.release({ workerId: 'a', nowMs, entries: [{ id: 1, dueMs }] });
    expect(await queue.unpark({ ...unpark, nowMs })).toEqual({ remaining: 0, taken: [] });
    expect(await readState(redis, tag)).toMatchObject({ scheduled: { 1: dueMs }, processing: {} });
  });

  test('leaves when it is taken back', async () => {
    const { queue, redis, tag } = await parkAll([1, 2]);
    expect(await queue.remove([1])).toBe(1);
    expect(await readState(redis, tag)).toMatchObject({ scheduled: { 2: UNTIL_MS }, known: [2] });
    expect(await queue.unpark(unpark)).toMatchObject({ remaining: 0, taken: [{ id: 2 }] });
  });

  test('is known, so that no rebuild brings it twice; lost with Redis, it is absent', async () => {
    const { queue, redis } = await parkAll([1]);
    expect(await queue.findAbsent([1])).toEqual([]);
    expect(await queue.enqueue([entry(1, NOON_MS)], { nowMs: NOON_MS })).toBe(0);
    await redis.flushdb();
    expect(await queue.findAbsent([1])).toEqual([1]);
  });

  test('counts as scheduled', async () => {
    const { queue } = await parkAll([1, 2]);
    expect(await queue.stats(NOON_MS + 1_000)).toMatchObject({ ready: 0, scheduled: 2, processing: 0 });
  });
});

describe('park', () => {
  test('may be repeated, and moves nothing that is in other hands', async () => {
    const { queue, redis, tag, park } = await parkAll([1, 2]);
    expect(await queue.park(park)).toBe(0);
    await queue.unpark({ ...unpark, limit: 1 });
    expect(await queue.park(park)).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({ processing: { b: [1] } });
  });

  test('does not park what was taken back meanwhile', async () => {
    const { queue, redis, tag } = openQueue();
    await queue.enqueue([entry(1, NOON_MS), entry(2, NOON_MS)], { nowMs: NOON_MS });
    await queue.take(take);
    await queue.remove([1]);
    const entries = range(1, 2).map((id) => ({ id, untilMs: UNTIL_MS, rank: id }));
    expect(await queue.park({ workerId: 'a', nowMs: NOON_MS, host: HOST, entries })).toBe(1);
    expect(await readState(redis, tag)).toMatchObject({ scheduled: { 2: UNTIL_MS }, processing: {} });
  });

  test('leaves no key behind for good', async () => {
    const { redis, keys } = await parkAll([1]);
    for (const key of [keys.parked(HOST), keys.parkedHosts]) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
