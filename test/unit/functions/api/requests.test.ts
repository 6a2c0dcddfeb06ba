import { describe, expect, test } from 'vitest';
import { routes } from '../../../../lib/topology.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };

describe('an unknown path or method', () => {
  test.each(['/', '/nothing', '/api/v1', '/api/v1/jobs/1/nothing', '/api/v2/jobs', '/openapi_json'])(
    'the unknown path %s is 404, with or without a key',
    async (path) => {
      const { call } = makeTestApi();
      for (const key of [null, 'writer-key']) {
        const reply = await call('GET', path, { key });
        expect(reply).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
        expect(reply.json.detail).toContain('/openapi.json');
      }
    },
  );

  test.each([
    ['PUT', '/api/v1/jobs', 'POST, GET, HEAD'],
    ['GET', '/api/v1/jobs/batch', 'POST'],
    ['HEAD', '/api/v1/jobs/batch', 'POST'],
    ['PATCH', '/api/v1/jobs/batch', 'POST'],
    ['DELETE', '/api/v1/jobs/batch/', 'POST'],
    ['OPTIONS', '/api/v1/jobs/1', 'GET, HEAD, PATCH, DELETE'],
    ['HEAD', '/api/v1/keys/1', 'DELETE'],
    ['POST', '/health', 'GET, HEAD'],
    ['TRACE', '/queue/stats', 'GET, HEAD'],
    ['DELETE', '/api/v1/jobs/1/history', 'GET, HEAD'],
  ])('%s %s is 405, and the response names the allowed methods', async (method, path, allow) => {
    for (const key of [null, 'writer-key']) {
      const reply = await makeTestApi().call(method, path, { key, json: minimal });
      expect(reply).toMatchObject({ status: 405, headers: { allow }, json: { code: 'METHOD_NOT_ALLOWED' } });
    }
  });
});

describe('every method at every path of the topology', () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];
  const fill = (path: string): string => path.replace('{id}', '1').replace('{key}', 'a');
  const paths = [...new Set<string>(routes.map(({ path }) => path))];

  test.each(paths)('%s is served, or is 405 with the allowed methods', async (path) => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/jobs', { json: { ...minimal, key: 'a' } });
    const own = routes.filter((route) => route.path === path).map(({ method }) => method);
    const served = own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const key = path.startsWith('/api/v1/keys') ? 'admin-key' : 'writer-key';
    for (const method of methods) {
      for (const end of ['', '/']) {
        const reply = await call(method, `${fill(path)}${end}`, { key, json: minimal });
        const allow = served.includes(method) ? undefined : served.join(', ');
        expect([method, end, reply.status === 405, reply.headers['allow']]).toEqual([
          method,
          end,
          allow !== undefined,
          allow,
        ]);
        expect(reply.json?.code).not.toBe('NOT_FOUND');
      }
    }
  });

  test.each(routes.filter(({ method }) => method === 'GET'))(
    'HEAD $path is answered as GET is, and asks for the same key',
    async ({ path, scope }) => {
      const { call } = makeTestApi();
      await call('POST', '/api/v1/jobs', { json: { ...minimal, key: 'a' } });
      const called = fill(path);
      for (const key of ['writer-key', 'write-only-key', 'admin-key', null]) {
        const options = { key, query: path === '/api/v1/jobs/summaries' ? { ids: '1' } : {} };
        const [get, head] = [await call('GET', called, options), await call('HEAD', called, options)];
        expect(head).toEqual(get);
        if (scope === 'read') expect(get.status === 200).toBe(key === 'writer-key');
      }
    },
  );
});

describe('an API key', () => {
  test.each([null, '', 'wrong', 'x'.repeat(600)])(
    'a request with %s is 401 and asks for a key',
    async (key) => {
      const reply = await makeTestApi().call('GET', '/api/v1/jobs', { key });
      expect(reply).toMatchObject({ status: 401, json: { code: 'UNAUTHORIZED' } });
      expect(reply.headers['www-authenticate']).toBe('Bearer realm="belfry"');
      expect(reply.json.detail).toContain('Authorization: Bearer');
      expect(reply.json.detail).toContain('X-API-Key');
    },
  );

  test.each([
    [null, {}, 'there is no API key'],
    [null, { authorization: 'Basic dXNlcjpwYXNz' }, 'does not have the form Bearer <key>'],
    [null, { authorization: 'writer-key' }, 'does not have the form Bearer <key>'],
    [null, { authorization: 'Bearer wrong' }, 'is not valid'],
    ['wrong', {}, 'is not valid'],
    ['wrong', { authorization: 'Basic dXNlcjpwYXNz' }, 'is not valid'],
  ])('the key header %j with %j is refused with its own message: %s', async (key, headers, detail) => {
    const reply = await makeTestApi().call('GET', '/api/v1/jobs', { key, headers });
    expect(reply.status).toBe(401);
    expect(reply.json.detail).toContain(detail);
    expect(reply.text).not.toMatch(/dXNlcjpwYXNz|writer-key/);
  });

  test.each([
    ['reader-key', ['read']],
    ['writer-key', ['read', 'write']],
    ['admin-key', ['admin']],
  ])('a caller with %s can ask for the name and the scopes of its key', async (key, scopes) => {
    const reply = await makeTestApi().call('GET', '/api/v1/keys/me', { key });
    expect(reply).toMatchObject({ status: 200, json: { scopes, deployment: 'belfry-test' } });
    expect(Object.keys(reply.json).sort()).toEqual(['deployment', 'id', 'name', 'scopes']);
  });

  test('a key with the scope read may read and not write', async () => {
    const { call } = makeTestApi();
    expect((await call('GET', '/queue/stats', { key: 'reader-key' })).status).toBe(200);
    const reply = await call('POST', '/api/v1/jobs', { key: 'reader-key', json: minimal });
    expect(reply).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    expect(reply.json.detail).toContain('"write"');
  });

  test('a key is accepted in any spelling of its header name', async () => {
    const headers = { 'x-Api-KEY': 'reader-key' };
    expect((await makeTestApi().call('GET', '/api/v1/jobs', { key: null, headers })).status).toBe(200);
  });

  test.each([
    ['Bearer writer-key', null, 200],
    ['bearer writer-key', null, 200],
    ['BEARER   writer-key', null, 200],
    // It takes precedence over the other header, whichever of the two is right.
    ['Bearer writer-key', 'wrong', 200],
    ['Bearer wrong', 'writer-key', 401],
    ['Bearer writer-key x', 'writer-key', 401],
    // These have no Bearer form: the other header counts.
    ['Basic d3JpdGVyLWtleQ==', 'writer-key', 200],
    ['Basic d3JpdGVyLWtleQ==', null, 401],
    ['Bearer', 'writer-key', 200],
    ['Bearer ', null, 401],
    ['', 'writer-key', 200],
    ['writer-key', null, 401],
    ['Bearerwriter-key', null, 401],
  ])('Authorization "%s" with X-API-Key %s is %i', async (authorization, key, status) => {
    const headers = { Authorization: authorization };
    expect((await makeTestApi().call('GET', '/api/v1/jobs', { key, headers })).status).toBe(status);
  });

  test('a key that is sent as a Bearer token has only its own scope', async () => {
    const headers = { authorization: 'Bearer reader-key' };
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { headers, json: minimal });
    expect(reply).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
  });

  test('the key is checked before the body is parsed', async () => {
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { key: null, body: '{broken' });
    expect(reply.status).toBe(401);
  });

  test('a key is remembered for five seconds', async () => {
    const { call, state, clock } = makeTestApi();
    await call('GET', '/api/v1/jobs');
    await clock.advanceBy(4_999);
    await call('GET', '/queue/stats');
    expect(state.keyLookups).toBe(1);
    await clock.advanceBy(1);
    await call('GET', '/queue/stats');
    expect(state.keyLookups).toBe(2);
  });
});

describe('query parameters', () => {
  test.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '-1'],
    ['limit', '1.5'],
    ['limit', '1e2'],
    ['limit', ''],
    ['limit', ' 5'],
    ['offset', '-1'],
    ['offset', '10001'],
    ['offset', '99999999999999999999'],
    ['status', 'FAILED'],
    ['page', '2'],
    ['__proto__', '2'],
  ])('the query parameter %s=%s is refused by its name', async (field, value) => {
    const reply = await makeTestApi().call('GET', '/api/v1/jobs', { query: { [field]: value } });
    expect(reply).toMatchObject({ status: 400, json: { code: 'VALIDATION_ERROR', errors: [{ field }] } });
  });

  test('query parameters are accepted at their bounds', async () => {
    const query = { limit: '1000', offset: '10000' };
    const { json } = await makeTestApi().call('GET', '/api/v1/jobs', { query });
    expect(json).toEqual({
      items: [],
      limit: 1000,
      offset: 10_000,
      nextCursor: null,
    });
  });

  test('a query parameter may occur once', async () => {
    const reply = await makeTestApi().call('GET', '/api/v1/jobs', { query: { limit: ['1', '2'] } });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'limit' }] } });
  });

  test('an unknown status in the query is refused', async () => {
    const reply = await makeTestApi().call('GET', '/api/v1/jobs/1/history', { query: { status: 'DONE' } });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'status' }] } });
    expect(reply.json.detail).toContain('must be one of RUNNING, RETRYING, SUCCESS, FAILED, CANCELLED');
  });

  test.each([
    ['POST', '/api/v1/jobs'],
    ['POST', '/api/v1/jobs/batch'],
    ['GET', '/api/v1/jobs/1'],
    ['PATCH', '/api/v1/jobs/1'],
    ['DELETE', '/api/v1/jobs/1'],
    ['GET', '/api/v1/jobs/1/schedule'],
    ['GET', '/queue/stats'],
  ])('%s %s accepts no query parameters', async (method, path) => {
    const reply = await makeTestApi().call(method, path, { query: { verbose: '1' }, json: minimal });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'verbose' }] } });
  });
});
