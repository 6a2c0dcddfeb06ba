import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../lib/domain/job.ts';
import {
  defaultRetryPolicy,
  jitteredWaitMs,
  type RetryPolicy,
  totalWait,
  waitMs,
} from '../../../lib/domain/retry-policy.ts';

const { min, max } = limits.retryWaitMs;
const jitters = fc.double({ min: 0, max: 1, noNaN: true });
const policies: fc.Arbitrary<RetryPolicy> = fc.oneof(
  fc
    .record({
      initialMs: fc.integer({ min, max }),
      factor: fc.double({ min: 1, max: limits.retryFactor, noNaN: true }),
      maxMs: fc.integer({ min, max }),
      jitter: jitters,
    })
    .filter(({ initialMs, maxMs }) => initialMs <= maxMs),
  fc.record({
    delaysSeconds: fc.array(fc.integer({ min: 0, max: max / 1_000 }), {
      minLength: 1,
      maxLength: limits.maxRetryCount,
    }),
    jitter: jitters,
  }),
);
const retries = fc.integer({ min: 1, max: limits.maxRetryCount });
const ids = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('the wait before a retry', () => {
  test('the default waits are 1 s, 2 s, 4 s, 8 s …, and at most 5 minutes', () => {
    const waits = Array.from({ length: 11 }, (_, n) => jitteredWaitMs(defaultRetryPolicy, n + 1, 7) / 1_000);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test('a factor of 1 makes all waits equal', () => {
    const policy = { initialMs: 2_500, factor: 1, maxMs: 300_000, jitter: 0 };
    expect([1, 2, 100].map((retry) => waitMs(policy, retry))).toEqual([2_500, 2_500, 2_500]);
  });

  test('a list of delays gives each retry its own wait', () => {
    const policy = { delaysSeconds: [5, 300, 7_200], jitter: 0 };
    expect([1, 2, 3].map((retry) => waitMs(policy, retry))).toEqual([5_000, 300_000, 7_200_000]);
  });

  test('a wait is a whole number of milliseconds within its bounds, for every policy, retry and execution', () => {
    fc.assert(
      fc.property(policies, retries, ids, (policy, retry, id) => {
        const wait = jitteredWaitMs(policy, retry, id);
        const whole = waitMs(policy, retry);
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeLessThanOrEqual(whole);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(whole - whole * policy.jitter));
        expect(whole).toBeLessThanOrEqual('maxMs' in policy ? policy.maxMs : max);
      }),
    );
  });

  test('a backoff without jitter never shrinks', () => {
    fc.assert(
      fc.property(policies, retries, (policy, retry) => {
        if ('delaysSeconds' in policy) return;
        expect(waitMs(policy, retry)).toBeLessThanOrEqual(waitMs(policy, retry + 1));
      }),
    );
  });
});

describe('jitter', () => {
  const jittered = { initialMs: 100_000, factor: 1, maxMs: 100_000, jitter: 1 };

  test('the same retry of an execution always has the same wait', () => {
    fc.assert(
      fc.property(policies, retries, ids, (policy, retry, id) => {
        expect(jitteredWaitMs(policy, retry, id)).toBe(jitteredWaitMs(policy, retry, id));
      }),
    );
  });

  test('neighbouring executions and retries spread evenly over the whole wait', () => {
    for (const base of [0, 2 ** 32 - 500, 2 ** 40]) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (let n = 1; n <= 10_000; n += 1) {
        const wait = jitteredWaitMs(jittered, 1 + (n % 5), base + Math.ceil(n / 5));
        const tenth = Math.min(Math.floor(wait / 10_000), 9);
        tenths[tenth] = (tenths[tenth] ?? 0) + 1;
      }
      // 1,000 are expected in each tenth, with a standard deviation of 30.
      for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
    }
  });
});

describe('the total of the waits', () => {
  test('the total of the default waits before 3 retries is 7 s', () => {
    expect(totalWait(defaultRetryPolicy, 3)).toEqual({ minMs: 7_000, maxMs: 7_000 });
  });

  test('the waits of every execution add up to a total between the shortest and the longest', () => {
    fc.assert(
      fc.property(policies, retries, ids, (policy, count, id) => {
        let total = 0;
        for (let retry = 1; retry <= count; retry += 1) total += jitteredWaitMs(policy, retry, id);
        const { minMs, maxMs } = totalWait(policy, count);
        expect(total).toBeGreaterThanOrEqual(minMs);
        expect(total).toBeLessThanOrEqual(maxMs);
      }),
    );
  });
});
