import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };
const at = (key: string) => `/api/v1/jobs/by-key/${encodeURIComponent(key)}`;

describe('a job by its key', () => {
  test('a PUT answers 201 with the path of the new job, and 200 afterwards', async () => {
    const { call } = makeTestApi();
    const created = await call('PUT', at('a'), { json: minimal });
    expect(created).toMatchObject({ status: 201, json: { key: 'a' } });
    expect(created.headers).toMatchObject({ location: '/api/v1/jobs/1', etag: '"r1"' });
    const replaced = await call('PUT', at('a'), { json: { ...minimal, name: 'b' } });
    expect(replaced).toMatchObject({ status: 200, headers: { etag: '"r2"' } });
    expect(replaced.headers['location']).toBeUndefined();
  });

  test.each([
    'nightly report',
    'reports/nightly',
    'a%2Fb',
    '100 %',
    'ü',
    'history',
    'run',
    'batch',
    '日'.repeat(200),
  ])('a job can be put, read and deleted by the key %s', async (key) => {
    const { call } = makeTestApi();
    expect(await call('PUT', at(key), { json: minimal })).toMatchObject({ status: 201, json: { key } });
    expect(await call('GET', at(key))).toMatchObject({ status: 200, json: { key } });
    expect((await call('DELETE', at(key))).status).toBe(204);
    expect(await call('GET', at(key))).toMatchObject({ status: 404, json: { code: 'JOB_NOT_FOUND' } });
  });

  test.each(['%', '%ff', '%00', '%0a', '%2e%2e', 'a'.repeat(201)])(
    'the key %s is refused',
    async (encoded) => {
      const reply = await makeTestApi().call('PUT', `/api/v1/jobs/by-key/${encoded}`, { json: minimal });
      expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'key' }] } });
    },
  );

  test('the body of a PUT may have the key of the path, and no other', async () => {
    const { call } = makeTestApi();
    expect((await call('PUT', at('a'), { json: { ...minimal, key: 'a' } })).status).toBe(201);
    const other = await call('PUT', at('a'), { json: { ...minimal, key: 'b' } });
    expect(other.json).toMatchObject({ errors: [{ field: 'key', message: expect.stringContaining('"a"') }] });
  });

  test('the answer to a GET can be sent back with a PUT', async () => {
    const { call } = makeTestApi();
    await call('PUT', at('a'), { json: { ...minimal, headers: { Authorization: 'Bearer b' } } });
    const { json } = await call('GET', at('a'));
    expect(json.headers).toEqual({ Authorization: '[secret]' });
    expect((await call('PUT', at('a'), { json })).status).toBe(200);
  });

  test('every mistake of a PUT is reported', async () => {
    const reply = await makeTestApi().call('PUT', at('a'), {
      json: { schedule: '61 * * * *', api: 'x', extra: 1 },
    });
    expect(reply.json.errors.map(({ field }: { field: string }) => field).toSorted()).toEqual([
      'api',
      'extra',
      'schedule',
    ]);
  });

  test('a PUT needs the scope write', async () => {
    const { call } = makeTestApi();
    expect((await call('PUT', at('a'), { json: minimal, key: 'reader-key' })).status).toBe(403);
    expect((await call('PUT', at('a'), { json: minimal, key: 'write-only-key' })).status).toBe(201);
  });
});

describe('the routes of a job by its key', () => {
  const gets = ['schedule', 'history', 'upcoming', 'stats'];

  test.each(['reports/nightly', 'run', 'by-key', '1', 'history'])(
    'every route of a job does by the key %s what it does by the id',
    async (key) => {
      const { call } = makeTestApi();
      await call('POST', '/api/v1/jobs', { json: minimal });
      await call('PUT', at(key), { json: minimal });
      for (const name of gets) {
        const byKey = await call('GET', `${at(key)}/${name}`);
        expect(byKey.status).toBe(200);
        expect(byKey.json).toEqual((await call('GET', `/api/v1/jobs/2/${name}`)).json);
      }
      expect(await call('POST', `${at(key)}/pause`)).toMatchObject({
        status: 200,
        json: { id: 2, isActive: false },
      });
      expect(await call('POST', `${at(key)}/resume`)).toMatchObject({
        status: 200,
        json: { isActive: true },
      });
      expect(await call('POST', `${at(key)}/run`)).toMatchObject({ status: 201, json: { jobId: 2 } });
      expect(await call('PATCH', at(key), { json: { name: 'b' } })).toMatchObject({
        status: 200,
        json: { id: 2, name: 'b' },
      });
    },
  );

  test('an unknown key answers 404 and names the key', async () => {
    const { call } = makeTestApi();
    for (const name of gets) {
      expect(await call('GET', `${at('a/b')}/${name}`)).toMatchObject({
        status: 404,
        json: {
          code: 'JOB_NOT_FOUND',
          detail: expect.stringContaining('there is no job with the key "a/b"'),
        },
      });
    }
  });

  test.each([
    ['PUT', 'reports/nightly', 404, 'reports%2Fnightly'],
    ['GET', 'reports/nightly/eu', 404, 'reports%2Fnightly%2Feu'],
    ['POST', 'reports/nightly/run', 404, 'reports%2Fnightly%2Frun'],
    ['DELETE', '/a', 404, '%2Fa'],
    ['PUT', 'reports/run', 405, 'reports%2Frun'],
  ])('a %s with a bare slash in the key %s says how to encode it', async (method, key, status, encoded) => {
    const reply = await makeTestApi().call(method, `/api/v1/jobs/by-key/${key}`, { json: minimal });
    expect(reply).toMatchObject({
      status,
      json: {
        detail: expect.stringContaining(
          `a slash in a key must be percent-encoded: /api/v1/jobs/by-key/${encoded}`,
        ),
      },
    });
  });

  test('a method that no route by key has is refused, and does not reach the route by id', async () => {
    const { call } = makeTestApi();
    expect(await call('POST', '/api/v1/jobs/by-key/run')).toMatchObject({
      status: 405,
      json: {
        detail: '/api/v1/jobs/by-key/run does not support POST; use PUT or GET or HEAD or PATCH or DELETE',
      },
    });
  });
});

describe('the ETag of a job', () => {
  test('every answer with one job has its ETag', async () => {
    const { call } = makeTestApi();
    expect((await call('POST', '/api/v1/jobs', { json: minimal })).headers['etag']).toBe('"r1"');
    expect((await call('GET', '/api/v1/jobs/1')).headers['etag']).toBe('"r1"');
    expect((await call('PATCH', '/api/v1/jobs/1', { json: { name: 'a' } })).headers['etag']).toBe('"r2"');
    const json = { name: 'b' };
    expect((await call('PATCH', '/api/v1/jobs/1', { json, key: 'write-only-key' })).headers['etag']).toBe(
      '"r3"',
    );
  });

  test.each(['r1', '"r1', 'W/', '"a" "b"', '', '"a",'])(
    'the header If-Match: %s is refused',
    async (value) => {
      const { call } = makeTestApi();
      await call('POST', '/api/v1/jobs', { json: minimal });
      const headers = { 'If-Match': value };
      expect(await call('PATCH', '/api/v1/jobs/1', { json: { name: 'a' }, headers })).toMatchObject({
        status: 400,
        json: { errors: [{ field: 'If-Match' }] },
      });
    },
  );

  test.each<[string, unknown]>([
    ['*', '*'],
    ['"r7"', [7]],
    ['"r7", W/"r8" ,"x"', [7]],
    ['W/"r7"', []],
    ['"r7","r8"', [7, 8]],
  ])('the header If-Match: %s means the versions %j', async (value, ifMatch) => {
    const asked: unknown[] = [];
    const { call } = makeTestApi({ deleteJob: async (_, options) => void asked.push(options?.ifMatch) });
    await call('DELETE', '/api/v1/jobs/1', { headers: { 'If-Match': value } });
    expect(asked).toEqual([ifMatch]);
  });

  test('If-None-Match of a PUT can only be *', async () => {
    const headers = { 'If-None-Match': '"r1"' };
    const reply = await makeTestApi().call('PUT', at('a'), { json: minimal, headers });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'If-None-Match' }] } });
  });
});
