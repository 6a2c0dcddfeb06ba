import { expect, test } from 'vitest';
import { rateLimitHeaders } from '../../../lib/api/rate-limit-headers.ts';

const limit = { perSecond: 100, burst: 250 };

test.each([
  [{ isAdmitted: true, remaining: 249, waitMs: 0, resetMs: 10 }, '"key";r=249;t=1'],
  [{ isAdmitted: true, remaining: 0, waitMs: 0, resetMs: 2_500 }, '"key";r=0;t=3'],
  [{ isAdmitted: false, remaining: 0, waitMs: 10, resetMs: 2_500 }, '"key";r=0;t=1'],
  [{ isAdmitted: false, remaining: 0, waitMs: 1_001, resetMs: 2_500 }, '"key";r=0;t=2'],
])('the headers of %j are %s', (count, ratelimit) => {
  expect(rateLimitHeaders(limit, count)).toEqual({ 'ratelimit-policy': '"key";q=250;w=3', ratelimit });
});

test('a request that was not counted gets only the policy', () => {
  expect(rateLimitHeaders({ perSecond: 10, burst: 1 }, undefined)).toEqual({
    'ratelimit-policy': '"key";q=1;w=1',
  });
});
