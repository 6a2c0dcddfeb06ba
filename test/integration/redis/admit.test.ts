import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { makeAdmit, type RateLimit } from '../../../lib/redis/admit.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { createTestRedis } from '../../support/redis.ts';
import { NOON_MS } from './fixture.ts';

const { redis, close } = await createTestRedis();
afterAll(close);

const LIMIT = { perSecond: 10, burst: 3 };

/** The limit of an unused key, by milliseconds after noon. */
function openKey(limit: RateLimit = LIMIT, apiKeyId = 1) {
  const tag = `test-${randomUUID()}`;
  const admit = makeAdmit(redis, { tag });
  return {
    tag,
    key: makeKeys(tag).rate(apiKeyId),
    at: (ms: number) => admit({ apiKeyId, limit, nowMs: NOON_MS + ms }),
    other: (ms: number) => admit({ apiKeyId: apiKeyId + 1, limit, nowMs: NOON_MS + ms }),
  };
}

describe('the rate limit of a key', () => {
  test('a rate limit admits a burst at once, then one request at a time at the sustained rate', async () => {
    const { at } = openKey();
    expect(await at(0)).toEqual({ isAdmitted: true, remaining: 2, waitMs: 0, resetMs: 100 });
    expect(await at(0)).toEqual({ isAdmitted: true, remaining: 1, waitMs: 0, resetMs: 200 });
    expect(await at(0)).toEqual({ isAdmitted: true, remaining: 0, waitMs: 0, resetMs: 300 });
    expect(await at(0)).toEqual({ isAdmitted: false, remaining: 0, waitMs: 100, resetMs: 300 });
    expect(await at(99)).toMatchObject({ isAdmitted: false, waitMs: 1 });
    expect(await at(100)).toMatchObject({ isAdmitted: true, remaining: 0 });
    expect(await at(100)).toMatchObject({ isAdmitted: false });
  });

  test('a refused request does not count against the rate limit', async () => {
    const { at } = openKey();
    for (let sent = 0; sent < 50; sent++) await at(0);
    expect(await at(100)).toMatchObject({ isAdmitted: true });
  });

  test('a rate limit admits the whole burst again after a pause, and no more', async () => {
    const { at } = openKey();
    for (let sent = 0; sent < 3; sent++) await at(0);
    const admitted = [];
    for (let sent = 0; sent < 5; sent++) admitted.push((await at(3_600_000)).isAdmitted);
    expect(admitted).toEqual([true, true, true, false, false]);
  });

  test('each key has a rate limit of its own', async () => {
    const { at, other } = openKey();
    for (let sent = 0; sent < 4; sent++) await at(0);
    expect(await other(0)).toMatchObject({ isAdmitted: true, remaining: 2 });
  });

  test('a rate limit holds for many requests at the same time', async () => {
    const { at } = openKey();
    const admissions = await Promise.all(Array.from({ length: 50 }, () => at(0)));
    expect(admissions.filter(({ isAdmitted }) => isAdmitted)).toHaveLength(3);
  });

  test('a rate limit never admits more in any window than the burst and the requests that the rate allows', async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        gaps,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 5 }),
        async (gaps, perSecond, burst) => {
          const { at } = openKey({ perSecond, burst });
          const admitted: number[] = [];
          let ms = 0;
          for (const gap of gaps) {
            ms += gap;
            if ((await at(ms)).isAdmitted) admitted.push(ms);
          }
          for (const [first, from] of admitted.entries()) {
            for (const [last, to] of admitted.entries()) {
              if (last < first) continue;
              // The interval is rounded to a microsecond.
              expect(last - first + 1).toBeLessThanOrEqual(burst + ((to - from) * perSecond) / 1_000 + 0.001);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a rate limit is exact at the fastest rate', async () => {
    const { at } = openKey({ perSecond: 100_000, burst: 1_000 });
    const admissions = await Promise.all(Array.from({ length: 1_200 }, () => at(0)));
    expect(admissions.filter(({ isAdmitted }) => isAdmitted)).toHaveLength(1_000);
    expect(await at(1)).toMatchObject({ isAdmitted: true, remaining: 99 });
  });
});

describe('the rate limit with clocks that differ', () => {
  test('a caller whose clock is slightly behind waits that much longer', async () => {
    const { at } = openKey();
    for (let sent = 0; sent < 3; sent++) await at(50);
    expect(await at(0)).toMatchObject({ isAdmitted: false, waitMs: 150 });
  });

  test('the requests of a clock far ahead do not shut other callers out', async () => {
    const { at } = openKey();
    for (let sent = 0; sent < 3; sent++) await at(86_400_000);
    expect(await at(0)).toMatchObject({ isAdmitted: true, remaining: 2 });
  });
});

test('the key of a rate limit has the hash tag, and expires a second after it stops mattering', async () => {
  const { at, key, tag } = openKey();
  await at(0);
  expect(await redis.keys(`*${tag}*`)).toEqual([key]);
  expect(key).toBe(`{${tag}}:rate:1`);
  const ttlMs = await redis.pttl(key);
  expect(ttlMs).toBeGreaterThan(900);
  expect(ttlMs).toBeLessThanOrEqual(1_100);
});

test('a rate limit throws an UnavailableError when Redis is unreachable', async () => {
  const gone = connectRedis('redis://127.0.0.1:1', { commandTimeoutMs: 200 });
  const admit = makeAdmit(gone);
  await expect(admit({ apiKeyId: 1, limit: LIMIT, nowMs: NOON_MS })).rejects.toThrow(UnavailableError);
  gone.disconnect();
});
