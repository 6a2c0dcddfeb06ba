import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, readState, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const request = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS + 2_000, limit: 10, leaseMs: 30_000 };

describe('take', () => {
  test('take returns ready executions first in, first out, with their payloads and the number that remain', async () => {
    const { queue, redis, tag } = openQueue();
    await queue.enqueue(
      [3, 1, 2].map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    expect(await queue.take({ ...request, limit: 2 })).toEqual({
      mayWakeOthers: true,
      processing: 2,
      taken: [
        { id: 3, dueMs: undefined, payload: 'payload of 3' },
        { id: 1, dueMs: undefined, payload: 'payload of 1' },
      ],
      remainingDue: 1,
      heldBack: { version: '', origins: [] },
    });
    expect(await readState(redis, tag)).toMatchObject({
      ready: [2],
      processing: { a: [3, 1] },
      workers: { a: NOON_MS + 30_000 },
      known: [1, 2, 3],
    });
  });

  test('take returns newly due executions in the order they became due, from scheduled and retry alike', async () => {
    const { queue } = openQueue();
    const entries = [
      entry(1, NOON_MS + 30),
      entry(2, NOON_MS + 10, 'retry'),
      entry(3, NOON_MS + 20),
      entry(4, NOON_MS + 40, 'retry'),
    ];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    const { taken } = await queue.take({ ...request, nowMs: NOON_MS + 40 });
    expect(taken.map(({ id, dueMs }) => [id, dueMs])).toEqual([
      [2, undefined],
      [3, undefined],
      [1, undefined],
      [4, undefined],
    ]);
  });

  test('take then takes ahead up to the horizon, in due order, each with its due instant', async () => {
    const { queue, redis, tag } = openQueue();
    const entries = [
      entry(1, NOON_MS + 2_001),
      entry(2, NOON_MS + 2_000),
      entry(3, NOON_MS + 1, 'retry'),
      entry(4, NOON_MS),
    ];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    const { taken, remainingDue } = await queue.take(request);
    expect(taken.map(({ id, dueMs }) => [id, dueMs])).toEqual([
      [4, undefined],
      [3, NOON_MS + 1],
      [2, NOON_MS + 2_000],
    ]);
    expect(remainingDue).toBe(0);
    expect(await readState(redis, tag)).toMatchObject({
      scheduled: { 1: NOON_MS + 2_001 },
      retry: {},
      processing: { a: [4, 3, 2] },
    });
  });

  test('take counts executions that are due now as remaining, and none that is due later', async () => {
    const { queue } = openQueue();
    const entries = [
      ...range(1, 3).map((id) => entry(id, NOON_MS)),
      entry(4, NOON_MS + 2_000),
      entry(5, NOON_MS + 1_000, 'retry'),
      entry(6, NOON_MS + 2_001),
    ];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    expect((await queue.take({ ...request, limit: 1 })).remainingDue).toBe(2);
    expect((await queue.take({ ...request, limit: 3 })).remainingDue).toBe(0);
  });

  test('take returns due executions beyond the limit for executions taken ahead', async () => {
    const { queue } = openQueue();
    const entries = [...range(1, 3).map((id) => entry(id, NOON_MS)), entry(4, NOON_MS + 1_000)];
    await queue.enqueue(entries, { nowMs: NOON_MS });
    const { taken } = await queue.take({ ...request, limit: 10, aheadLimit: 3 });
    expect(taken.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect((await queue.take({ ...request, limit: 10, aheadLimit: 1 })).taken).toHaveLength(1);
  });

  test('take lets one worker per second wake others for remaining executions', async () => {
    const { queue, redis, keys } = openQueue();
    await queue.enqueue(
      range(1, 20).map((id) => entry(id, NOON_MS - 60_000)),
      { nowMs: NOON_MS - 60_000 },
    );
    const mayWake = async (nowMs: number): Promise<boolean> =>
      (await queue.take({ ...request, nowMs, horizonMs: nowMs, limit: 0 })).mayWakeOthers;
    const answers = await Promise.all(range(0, 10).map((skewMs) => mayWake(NOON_MS - skewMs)));
    expect(answers.filter((answer) => answer)).toHaveLength(1);
    expect([await mayWake(NOON_MS + 989), await mayWake(NOON_MS + 1_000)]).toEqual([false, true]);
    expect(await redis.pttl(keys.fanOut)).toBeGreaterThan(0);
    // A clock that was set back does not have to catch up first.
    expect(await mayWake(NOON_MS - 3_600_000)).toBe(true);
  });

  test('take lets no worker wake others while nothing remains', async () => {
    const { queue } = openQueue();
    await queue.enqueue([entry(1, NOON_MS), entry(2, NOON_MS + 60_000)], { nowMs: NOON_MS });
    expect(await queue.take(request)).toMatchObject({ remainingDue: 0, mayWakeOthers: false });
  });

  test('take returns nothing ahead when the horizon has passed, except overdue executions', async () => {
    const { queue } = openQueue();
    await queue.enqueue([entry(1, NOON_MS - 1), entry(2, NOON_MS + 1)], { nowMs: NOON_MS - 2 });
    const { taken, remainingDue } = await queue.take({ ...request, horizonMs: NOON_MS - 60_000 });
    expect(taken.map(({ id }) => id)).toEqual([1]);
    expect(remainingDue).toBe(0);
  });

  test('take does not let a long ready list starve newly due executions', async () => {
    const { queue } = openQueue();
    await queue.enqueue([entry(1_000, NOON_MS + 1), entry(1_001, NOON_MS + 2, 'retry')], { nowMs: NOON_MS });
    let nextId = 1;
    const enqueueReady = (count: number, nowMs: number) =>
      queue.enqueue(
        range(nextId, count).map((id) => entry(id, nowMs)),
        { nowMs },
      );
    await enqueueReady(20, NOON_MS);
    nextId += 20;

    const seen: number[] = [];
    for (const round of range(1, 6)) {
      const nowMs = NOON_MS + round * 100;
      const { taken } = await queue.take({ ...request, nowMs, limit: 5 });
      seen.push(...taken.map(({ id }) => id));
      // As many executions arrive as leave, always due: without promotion no other execution would ever be taken.
      await enqueueReady(5, nowMs);
      nextId += 5;
    }
    expect(seen.slice(20, 22)).toEqual([1_000, 1_001]);
  });

  test('take does not let newly due executions starve the ready list', async () => {
    const { queue } = openQueue();
    await queue.enqueue([entry(1, NOON_MS)], { nowMs: NOON_MS });
    await queue.enqueue(
      range(2, 100).map((id) => entry(id, NOON_MS + 1)),
      { nowMs: NOON_MS },
    );
    const { taken } = await queue.take({ ...request, nowMs: NOON_MS + 1, limit: 1 });
    expect(taken.map(({ id }) => id)).toEqual([1]);
  });

  test('take never gives an execution to two workers', async () => {
    const { queue } = openQueue();
    await queue.enqueue(
      range(1, 1_000).map((id) => entry(id, NOON_MS)),
      { nowMs: NOON_MS },
    );
    const results = await Promise.all(
      range(1, 30).map((n) => queue.take({ ...request, workerId: `worker-${n % 7}`, limit: 40 })),
    );
    const ids = results.flatMap(({ taken }) => taken.map(({ id }) => id));
    expect(ids.toSorted((a, b) => a - b)).toEqual(range(1, 1_000));
  });

  test('take moves at most a thousand executions', async () => {
    const { queue } = openQueue();
    await queue.enqueue(
      range(1, 1_500).map((id) => entry(id, NOON_MS + 1)),
      { nowMs: NOON_MS },
    );
    const first = await queue.take({ ...request, nowMs: NOON_MS + 1, limit: 5_000 });
    expect(first.taken.map(({ id }) => id)).toHaveLength(1_000);
    expect(first.remainingDue).toBe(500);
  });

  test('take renews the lease even when there is nothing to take', async () => {
    const { queue, redis, tag } = openQueue();
    expect(await queue.take(request)).toEqual({
      taken: [],
      remainingDue: 0,
      heldBack: { version: '', origins: [] },
      mayWakeOthers: false,
      processing: 0,
    });
    expect((await readState(redis, tag)).workers).toEqual({ a: NOON_MS + 30_000 });
  });
});
