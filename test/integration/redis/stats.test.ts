import { describe, expect, test } from 'vitest';
import { entry, NOON_MS, openQueue, range, useOwnRedis } from './fixture.ts';

await useOwnRedis();

describe('stats and overdue', () => {
  test('the stats of an empty queue are zero', async () => {
    const { queue } = openQueue();
    const nothing = { ready: 0, scheduled: 0, processing: 0, retrying: 0, completed: 0, failed: 0 };
    expect(await queue.stats(NOON_MS)).toEqual(nothing);
    expect(await queue.overdue(NOON_MS)).toBe(0);
  });

  test('the stats count each execution in its place at that instant', async () => {
    const { queue } = openQueue();
    const take = { nowMs: NOON_MS, horizonMs: NOON_MS, leaseMs: 30_000 };
    await queue.enqueue(
      [
        ...range(1, 6).map((id) => entry(id, NOON_MS)),
        entry(7, NOON_MS + 1_000),
        entry(8, NOON_MS + 2_000),
        entry(9, NOON_MS + 1_000, 'retry'),
      ],
      { nowMs: NOON_MS },
    );
    await queue.take({ ...take, workerId: 'a', limit: 3 });
    await queue.take({ ...take, workerId: 'b', limit: 1 });
    await queue.settle({
      workerId: 'a',
      nowMs: NOON_MS,
      outcomes: [
        { id: 1, status: 'SUCCESS' },
        { id: 2, status: 'FAILED' },
      ],
    });

    const now = { ready: 2, scheduled: 2, processing: 2, retrying: 1, completed: 1, failed: 1 };
    expect(await queue.stats(NOON_MS)).toEqual(now);
    expect(await queue.overdue(NOON_MS)).toBe(2);
    expect(await queue.stats(NOON_MS + 1_000)).toEqual({ ...now, ready: 3, scheduled: 1 });
    expect(await queue.overdue(NOON_MS + 1_000)).toBe(4);
  });
});
