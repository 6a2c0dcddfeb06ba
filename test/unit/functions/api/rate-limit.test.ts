import { describe, expect, test } from 'vitest';
import type { ApiDeps } from '../../../../functions/compose/api-deps.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { openRouteLimit } from '../../../../lib/topology.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };

/** Admits the first requests of each key, and no more. */
function admitting(count: number) {
  const asked: number[] = [];
  const admit: ApiDeps['admit'] = async ({ apiKeyId }) => {
    const sent = asked.filter((id) => id === apiKeyId).length;
    asked.push(apiKeyId);
    return sent < count
      ? { isAdmitted: true, remaining: count - sent - 1, waitMs: 0, resetMs: 10 }
      : { isAdmitted: false, remaining: 0, waitMs: 1_500, resetMs: 2_000 };
  };
  return { admit, asked };
}

describe('a key that exceeds its rate limit', () => {
  test('a key over its rate limit receives Retry-After, and its request is not executed', async () => {
    const { admit } = admitting(1);
    const { call, state } = makeTestApi({ admit });
    await call('POST', '/api/v1/jobs', { json: minimal });
    const reply = await call('POST', '/api/v1/jobs', { json: minimal });
    expect(reply).toMatchObject({
      status: 429,
      headers: {
        'content-type': 'application/problem+json',
        'retry-after': '2',
        'ratelimit-policy': '"key";q=200;w=2',
        ratelimit: '"key";r=0;t=2',
      },
      json: { code: 'RATE_LIMITED', title: 'Too Many Requests' },
    });
    expect(reply.json.detail).toContain('2 s');
    expect(state.created).toHaveLength(1);
  });

  test('the rate limit of one key does not affect another', async () => {
    const { admit } = admitting(1);
    const { call } = makeTestApi({ admit });
    await call('GET', '/api/v1/jobs');
    expect((await call('GET', '/api/v1/jobs')).status).toBe(429);
    expect((await call('GET', '/api/v1/jobs', { key: 'reader-key' })).status).toBe(200);
  });

  test('a batch counts as one request, whether the key has its scope or not', async () => {
    const { admit, asked } = admitting(9);
    const { call } = makeTestApi({ admit });
    await call('POST', '/api/v1/jobs/batch', { json: Array.from({ length: 100 }, () => minimal) });
    await call('POST', '/api/v1/jobs', { json: minimal, key: 'reader-key' });
    expect(asked).toEqual([1, 2]);
  });
});

describe('an open route', () => {
  test.each(['/health', '/openapi.json'])(
    'the open route %s has a rate limit of its own, over all its callers',
    async (path) => {
      const { call, clock } = makeTestApi();
      for (let sent = 0; sent < openRouteLimit.burst; sent++) {
        expect((await call('GET', path, { key: null })).status).toBe(200);
      }
      expect(await call('GET', path, { key: null })).toMatchObject({
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '1' },
        json: {
          code: 'RATE_LIMITED',
          detail: 'this route receives too many requests; send the next one in 1 s',
        },
      });
      // No key and no other route shares it.
      const other = path === '/health' ? '/openapi.json' : '/health';
      expect((await call('GET', other, { key: null })).status).toBe(200);
      expect((await call('GET', '/api/v1/jobs')).status).toBe(200);

      await clock.advanceBy(1_000 / openRouteLimit.perSecond);
      expect((await call('GET', path, { key: null })).status).toBe(200);
      expect((await call('GET', path, { key: null })).status).toBe(429);
    },
  );
});

describe('the rate-limit headers', () => {
  test.each([
    [200, 'GET', '/api/v1/jobs', {}],
    [201, 'POST', '/api/v1/jobs', { json: minimal }],
    [400, 'POST', '/api/v1/jobs', { json: {} }],
    [403, 'POST', '/api/v1/jobs', { json: minimal, key: 'reader-key' }],
    [404, 'GET', '/api/v1/jobs/99', {}],
    [413, 'POST', '/api/v1/keys', { body: 'x'.repeat(20_000), key: 'admin-key' }],
  ])('the rate-limit headers are on a %i too', async (status, method, path, options) => {
    const { admit } = admitting(5);
    const reply = await makeTestApi({ admit }).call(method, path, options);
    expect(reply).toMatchObject({ status, headers: { ratelimit: '"key";r=4;t=1' } });
  });

  test.each([
    ['/health', null],
    ['/openapi.json', null],
    ['/api/v1/jobs', null],
    ['/api/v1/jobs', 'wrong'],
    ['/nothing', 'writer-key'],
  ])('no rate limit applies to %s with the key %s', async (path, key) => {
    const { admit, asked } = admitting(0);
    const { headers } = await makeTestApi({ admit }).call('GET', path, { key });
    expect(Object.keys(headers).filter((name) => name.startsWith('ratelimit'))).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('the rate-limit headers are absent while Redis is unreachable, and every request is served', async () => {
    const admit = async () => {
      throw new UnavailableError('Redis');
    };
    const { call, logs } = makeTestApi({ admit });
    for (let sent = 0; sent < 5; sent++) {
      const reply = await call('GET', '/api/v1/jobs');
      expect(reply).toMatchObject({ status: 200, headers: { 'ratelimit-policy': '"key";q=200;w=2' } });
      expect(reply.headers).not.toHaveProperty('ratelimit');
    }
    expect(logs.filter(({ level }) => level === 'warn')).toMatchObject([{ event: 'rate_not_limited' }]);
  });
});
