import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { makeLimitRate } from '../../../lib/app/limit-rate.ts';
import { makeAdmit } from '../../../lib/redis/admit.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { makeTestLog } from '../../support/test-log.ts';
import { redisUrl, useOwnRedis } from './fixture.ts';
import { listen } from '../../support/listen.ts';

await useOwnRedis();

const apiKey = { id: 7, keyHash: Buffer.alloc(32), scopes: [], expiresAt: null, rateLimitPerSecond: null };

const cleanUps: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function setUp(url: string) {
  const redis = connectRedis(url);
  cleanUps.push(() => redis.disconnect());
  const { logger, logs } = makeTestLog();
  const rateLimit = { perSecond: 1, burst: 2 };
  return {
    logs,
    limitRate: makeLimitRate({ admit: makeAdmit(redis), rateLimit, clock: systemClock, logger }),
  };
}

/** A server that accepts connections and says nothing. */
async function startMute(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    cleanUps.push(() => socket.destroy());
  });
  const port = await listen(server);
  cleanUps.push(() => server.close());
  return `redis://127.0.0.1:${port}`;
}

describe('the rate limit of a key in the API', () => {
  test('the rate limit of a key is the one that Redis holds', async () => {
    const { limitRate, logs } = setUp(redisUrl);
    const admissions = [await limitRate(apiKey), await limitRate(apiKey), await limitRate(apiKey)];
    expect(admissions.map(({ admission }) => admission?.isAdmitted)).toEqual([true, true, false]);
    expect(logs).toEqual([]);
  });

  test.each([
    ['says nothing', startMute],
    ['is not there', async () => 'redis://127.0.0.1:1'],
  ])('no rate limit applies when Redis %s, and only one request waits to find out', async (_, start) => {
    const { limitRate, logs } = setUp(await start());
    const startedMs = performance.now();
    expect((await limitRate(apiKey)).admission).toBeUndefined();
    const firstMs = performance.now() - startedMs;
    for (let sent = 0; sent < 100; sent++) expect((await limitRate(apiKey)).admission).toBeUndefined();
    const othersMs = performance.now() - startedMs - firstMs;
    // 100 ms, and some more for a busy machine; the client itself would wait for 2,000 ms.
    expect(firstMs).toBeLessThan(1_000);
    expect(othersMs).toBeLessThan(500);
    expect(logs).toMatchObject([{ level: 'warn', event: 'rate_not_limited' }]);
  });
});
