import { describe, expect, test } from 'vitest';
import { makeLimitRate } from '../../../lib/app/limit-rate.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import type { Admit, RateLimit } from '../../../lib/redis/admit.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { makeTestLog } from '../../support/test-log.ts';

const admission = { isAdmitted: true, remaining: 5, waitMs: 0, resetMs: 10 };
const apiKey = { id: 7, keyHash: Buffer.alloc(32), scopes: [], expiresAt: null, rateLimitPerSecond: null };

function setUp(admit: Admit, rateLimit: RateLimit = { perSecond: 100, burst: 200 }) {
  const clock = new ManualClock();
  const { logger, logs } = makeTestLog();
  const state = { asked: 0 };
  const counted: Admit = (request) => {
    state.asked++;
    return admit(request);
  };
  return { clock, logs, state, limitRate: makeLimitRate({ admit: counted, rateLimit, clock, logger }) };
}

const down: Admit = async () => {
  throw new UnavailableError('Redis');
};
const silent: Admit = () => new Promise(() => {});

describe('the rate limit of a request', () => {
  test.each([
    [null, { perSecond: 100, burst: 200 }],
    [10, { perSecond: 10, burst: 20 }],
    [1, { perSecond: 1, burst: 2 }],
    [1_000, { perSecond: 1_000, burst: 2_000 }],
  ])(
    'the rate limit is that of a key with %s requests a second of its own',
    async (rateLimitPerSecond, limit) => {
      const requests: unknown[] = [];
      const { limitRate, clock } = setUp(async (request) => {
        requests.push(request);
        return admission;
      });
      expect(await limitRate({ ...apiKey, rateLimitPerSecond })).toEqual({ limit, admission });
      expect(requests).toEqual([{ apiKeyId: 7, limit, nowMs: clock.nowMs() }]);
      expect(clock.sleeperCount()).toBe(0);
    },
  );

  test('a rate limit has room for one request, even if the burst is small', async () => {
    const { limitRate } = setUp(async () => admission, { perSecond: 100, burst: 1 });
    expect((await limitRate({ ...apiKey, rateLimitPerSecond: 1 })).limit.burst).toBe(1);
  });
});

describe('the rate limit while Redis is unreachable', () => {
  test('no rate limit applies while Redis is unreachable, and Redis is asked again after five seconds', async () => {
    const { limitRate, clock, state } = setUp(down);
    expect((await limitRate(apiKey)).admission).toBeUndefined();
    await limitRate(apiKey);
    expect(state.asked).toBe(1);
    await clock.advanceBy(4_999);
    await limitRate(apiKey);
    expect(state.asked).toBe(1);
    await clock.advanceBy(1);
    await limitRate(apiKey);
    expect(state.asked).toBe(2);
  });

  test('a request waits 100 ms for its rate limit and no longer', async () => {
    const { limitRate, clock } = setUp(silent);
    let answered = false;
    const limiting = limitRate(apiKey).then((answer) => {
      answered = true;
      return answer;
    });
    await clock.advanceBy(99);
    expect(answered).toBe(false);
    await clock.advanceBy(1);
    expect((await limiting).admission).toBeUndefined();
  });

  test('an error that arrives too late is not an unhandled rejection', async () => {
    const late = Promise.withResolvers<never>();
    const { limitRate, clock } = setUp(() => late.promise);
    const limiting = limitRate(apiKey);
    await clock.advanceBy(100);
    await limiting;
    late.reject(new Error('late'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('an unreachable Redis is logged once a minute', async () => {
    const { limitRate, clock, logs } = setUp(down);
    for (let second = 0; second < 60; second++) {
      await limitRate(apiKey);
      await clock.advanceBy(1_000);
    }
    expect(logs).toMatchObject([
      { level: 'warn', event: 'rate_not_limited', fields: { error: { code: 'UNAVAILABLE' } } },
    ]);
    await limitRate(apiKey);
    expect(logs).toHaveLength(2);
  });

  test('a clock that is set back does not extend the time without a limit', async () => {
    const { limitRate, clock, state } = setUp(down);
    await limitRate(apiKey);
    clock.stepBackTo(clock.nowMs() - 3_600_000);
    await limitRate(apiKey);
    expect(state.asked).toBe(2);
  });
});
