import { describe, expect, test } from 'vitest';
import { MAX_HELD_BACK, MAX_ORIGIN_LENGTH } from '../../../lib/redis/hold-back.ts';
import { NOON_MS, openQueue, range, useOwnRedis } from './fixture.ts';

await useOwnRedis();

const take = { workerId: 'a', nowMs: NOON_MS, horizonMs: NOON_MS, limit: 10, leaseMs: 30_000 };
const at = { nowMs: NOON_MS, longestMs: 60_000, version: 'one' };
const one = { origin: 'https://one.example', untilMs: NOON_MS + 30_000 };

describe('holdBack', () => {
  test('a take returns the origins that are held back, once for each change', async () => {
    const { queue } = openQueue();
    expect((await queue.take(take)).heldBack).toEqual({ version: '', origins: [] });
    await queue.holdBack([one], at);
    expect((await queue.take(take)).heldBack).toEqual({ version: 'one', origins: [one] });
    expect((await queue.take({ ...take, heldBackVersion: 'one' })).heldBack).toEqual({
      version: 'one',
      origins: [],
    });
    const two = { origin: 'https://two.example', untilMs: NOON_MS + 5_000 };
    await queue.holdBack([two], { ...at, version: 'two' });
    expect((await queue.take({ ...take, heldBackVersion: 'one' })).heldBack).toEqual({
      version: 'two',
      origins: [two, one],
    });
  });

  test('holdBack never ends a pause earlier, and changes nothing then', async () => {
    const { queue } = openQueue();
    await queue.holdBack([one], at);
    await queue.holdBack([{ ...one, untilMs: NOON_MS + 1_000 }], { ...at, version: 'two' });
    expect((await queue.take(take)).heldBack).toEqual({ version: 'one', origins: [one] });
  });

  test('holdBack removes pauses that are over, and pauses from a wrong clock', async () => {
    const { queue } = openQueue();
    const wrong = { origin: 'https://wrong.example', untilMs: NOON_MS + 1e9 };
    await queue.holdBack([one, wrong], { ...at, longestMs: 1e12 });
    const later = { origin: 'https://later.example', untilMs: NOON_MS + 50_000 };
    await queue.holdBack([later], { ...at, nowMs: NOON_MS + 30_000, version: 'two' });
    expect((await queue.take(take)).heldBack.origins).toEqual([later]);
  });

  test('the number and the size of origins are bounded, and both keys expire after the last pause', async () => {
    const { queue, redis, keys } = openQueue();
    const many = range(0, MAX_HELD_BACK + 10).map((n) => ({
      origin: `https://host-${n}.example`,
      untilMs: NOON_MS + 1_000 + n,
    }));
    const long = { origin: `https://${'x'.repeat(MAX_ORIGIN_LENGTH)}`, untilMs: NOON_MS + 9_000 };
    await queue.holdBack([...many, long], at);
    const { origins } = (await queue.take(take)).heldBack;
    expect(origins).toEqual(many.slice(10));
    for (const key of [keys.heldBack, keys.heldBackVersion]) {
      const expiryMs = await redis.pttl(key);
      expect(expiryMs).toBeGreaterThan(50_000);
      expect(expiryMs).toBeLessThanOrEqual(1_000 + MAX_HELD_BACK + 10 + 60_000);
    }
  });
});
