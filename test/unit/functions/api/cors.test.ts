import { describe, expect, test } from 'vitest';
import type { ApiDeps } from '../../../../functions/compose/api-deps.ts';
import { UnavailableError } from '../../../../lib/domain/errors.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const minimal = { schedule: '@hourly', api: 'https://example.com/' };

type Call = Parameters<ReturnType<typeof makeTestApi>['call']>;

/** Asks as a page of the origin, and returns the headers about origins, with their names in lower case. */
async function ask(
  corsOrigins: readonly string[] | undefined,
  origin: string | undefined,
  { overrides, call = ['GET', '/api/v1/jobs'] }: { overrides?: Partial<ApiDeps>; call?: Call } = {},
) {
  const [method, path, options = {}] = call;
  const headers = origin === undefined ? {} : { Origin: origin };
  const api = makeTestApi({ corsOrigins, ...overrides });
  const reply = await api.call(method, path, { ...options, headers });
  const entries = Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const about = entries.filter(([name]) => name.startsWith('access-control-') || name === 'vary');
  return { status: reply.status, headers: Object.fromEntries(about) };
}

const exposed = {
  'access-control-expose-headers':
    'ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id',
};

describe('a page of another origin', () => {
  test('a page of another origin may read nothing by default', async () => {
    expect((await ask(undefined, APP)).headers).toEqual({});
  });

  test('a page of any origin may read responses when the setting allows it', async () => {
    const headers = { ...exposed, 'access-control-allow-origin': '*' };
    expect((await ask(['*'], APP)).headers).toEqual(headers);
    expect((await ask(['*'], undefined)).headers).toEqual(headers);
  });

  test.each([
    [[APP], APP],
    [[OTHER, APP], APP],
    [[OTHER, APP], OTHER],
  ])('a page of another origin may read responses when %j contains it', async (origins, origin) => {
    const { headers } = await ask(origins, origin);
    expect(headers).toEqual({ ...exposed, 'access-control-allow-origin': origin, vary: 'Origin' });
  });

  test.each([
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'null',
    '*',
    '__proto__',
    '',
    undefined,
  ])(
    'a page of another origin may not read responses when the list does not contain it: %s',
    async (origin) => {
      for (const origins of [[APP], [APP, OTHER]]) {
        const { headers } = await ask(origins, origin);
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    },
  );

  test('a page of another origin is never allowed to send cookies', async () => {
    for (const origins of [['*'], [APP]]) {
      expect((await ask(origins, APP)).headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });
});

describe('an error', () => {
  const unavailable = async () => {
    throw new UnavailableError('PostgreSQL');
  };
  const broken = async () => {
    throw new Error('broken');
  };

  test.each<{ status: number; call: Call; overrides?: Partial<ApiDeps> }>([
    { status: 400, call: ['POST', '/api/v1/jobs', { json: {} }] },
    { status: 401, call: ['GET', '/api/v1/jobs', { key: null }] },
    { status: 403, call: ['POST', '/api/v1/jobs', { key: 'reader-key', json: minimal }] },
    { status: 404, call: ['GET', '/nothing'] },
    { status: 405, call: ['PUT', '/api/v1/jobs'] },
    { status: 500, call: ['GET', '/queue/stats'], overrides: { queueStats: broken } },
    { status: 503, call: ['GET', '/queue/stats'], overrides: { queueStats: unavailable } },
    {
      status: 503,
      call: ['GET', '/queue/stats', { remainingMs: 510 }],
      overrides: { queueStats: () => new Promise(() => {}) },
    },
  ])(
    'a page of another origin can read the error $status of $call.0 $call.1',
    async ({ status, call, overrides = {} }) => {
      const reply = await ask([APP], APP, { call, overrides });
      expect(reply).toEqual({
        status,
        headers: { ...exposed, 'access-control-allow-origin': APP, vary: 'Origin' },
      });
    },
  );
});

test('a page of another origin can read the listed response headers', async () => {
  const { headers } = await makeTestApi({ corsOrigins: ['*'] }).call('POST', '/api/v1/jobs', {
    json: minimal,
  });
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  expect(names).toEqual(expect.arrayContaining(['location', 'x-request-id']));
});
