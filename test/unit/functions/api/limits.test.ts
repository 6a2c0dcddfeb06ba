import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };
const SOUND = JSON.stringify(minimal).slice(1, -1);

const headers = (count: number, sizeEach: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`x-${String(n).padStart(4, '0')}`, 'y'.repeat(sizeEach)]),
  );

describe('the limits of path and query', () => {
  test('path and query may have 2,048 characters together', async () => {
    const { call } = makeTestApi();
    const path = '/api/v1/jobs';
    const room = 2_048 - path.length - 'limit'.length;
    const fits = await call('GET', path, { query: { limit: '1'.repeat(room) } });
    expect(fits.status).toBe(400);
    const over = await call('GET', path, { query: { limit: '1'.repeat(room + 1) } });
    expect(over).toMatchObject({ status: 414, json: { code: 'URI_TOO_LONG' } });
    expect((await call('GET', `/api/v1/jobs/${'9'.repeat(2_048)}`)).status).toBe(414);
  });

  test('every value of a parameter counts against the limit of path and query', async () => {
    const query = { limit: Array.from({ length: 1_000 }, () => '1') };
    expect((await makeTestApi().call('GET', '/api/v1/jobs', { query })).status).toBe(414);
  });

  test('the limit of path and query applies to open routes too', async () => {
    const query = { probe: 'x'.repeat(3_000) };
    expect((await makeTestApi().call('GET', '/health', { key: null, query })).status).toBe(414);
  });
});

describe('the limits of request headers', () => {
  test('a request may have 100 headers of 12,288 characters in all', async () => {
    const { call } = makeTestApi();
    // The key's header is one of them.
    expect((await call('GET', '/api/v1/jobs', { headers: headers(99, 1) })).status).toBe(200);
    const many = await call('GET', '/api/v1/jobs', { headers: headers(100, 1) });
    expect(many).toMatchObject({ status: 431, json: { code: 'HEADERS_TOO_LARGE' } });
    expect((await call('GET', '/api/v1/jobs', { headers: headers(1, 12_000) })).status).toBe(200);
    expect((await call('GET', '/api/v1/jobs', { headers: headers(1, 12_288) })).status).toBe(431);
  });

  test('repeated headers count each time', async () => {
    const multiValueHeaders = { cookie: Array.from({ length: 101 }, () => 'a=b') };
    const reply = await makeTestApi().call('GET', '/api/v1/jobs', { event: { multiValueHeaders } });
    expect(reply.status).toBe(431);
  });

  test('headers are measured before the key is looked up', async () => {
    const { call, state } = makeTestApi();
    await call('GET', '/api/v1/jobs', { headers: headers(200, 1) });
    expect(state.keyLookups).toBe(0);
  });
});

describe('the limits of a body', () => {
  test.each([
    ['{"schedule":"@daily","schedule":"@hourly","api":"https://example.com/"}', 'the name "schedule" twice'],
    [`{${SOUND},"body":{"a":1,"a":2}}`, 'the name "a" twice'],
    [`{${SOUND},"headers":{"X":"1","X":"2"}}`, 'the name "X" twice'],
  ])('a body with a name twice in an object is refused: %s', async (body, reason) => {
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { body });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'body' }] } });
    expect(reply.json.detail).toContain(reason);
  });

  test('a long repeated name is shortened in the error', async () => {
    const name = JSON.stringify('x'.repeat(100_000));
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { body: `{${name}:1,${name}:2}` });
    expect(reply.status).toBe(400);
    expect(reply.text.length).toBeLessThan(1_000);
  });

  test.each([
    ['a number beyond a double', `{${SOUND},"body":{"n":1e999}}`, 'body.n'],
    ['one below it', `{${SOUND},"body":[-1e999]}`, 'body[0]'],
    ['more retries than there may be', `{${SOUND},"maxRetryCount":1e999}`, 'maxRetryCount'],
    ['a fraction of a retry', `{${SOUND},"maxRetryCount":1.5}`, 'maxRetryCount'],
    ['no time at all', `{${SOUND},"timeoutMs":0}`, 'timeoutMs'],
    ['a time beyond what is exact', `{${SOUND},"timeoutMs":9007199254740993}`, 'timeoutMs'],
    ['a NUL', `{${SOUND},"name":"a\\u0000"}`, 'name'],
    ['a NUL in a name', `{${SOUND},"body":{"\\u0000":1}}`, 'body.\0'],
    ['half a surrogate pair', `{${SOUND},"description":"\\ud800"}`, 'description'],
    ['a text beyond its length', `{${SOUND},"description":"${'x'.repeat(2_001)}"}`, 'description'],
    ['too many headers', JSON.stringify({ ...minimal, headers: headers(51, 1) }), 'headers'],
    ['too long headers', JSON.stringify({ ...minimal, headers: headers(2, 9_000) }), 'headers'],
    ['the field __proto__', `{${SOUND},"__proto__":{"name":"x"}}`, '__proto__'],
    ['the field constructor', `{${SOUND},"constructor":1}`, 'constructor'],
    [
      'objects that are too deep',
      `{${SOUND},"body":${'{"a":'.repeat(33)}1${'}'.repeat(33)}}`,
      `body${'.a'.repeat(32)}`,
    ],
    [
      'arrays that are too deep',
      `{${SOUND},"body":${'['.repeat(33)}${']'.repeat(33)}}`,
      `body${'[0]'.repeat(32)}`,
    ],
  ])('a body with %s is refused, and the error names its field', async (_, body, field) => {
    const { status, json } = await makeTestApi().call('POST', '/api/v1/jobs', { body });
    expect(status).toBe(400);
    const fields: string[] = json.errors.map((error: { field: string }) => error.field);
    expect(new Set(fields)).toEqual(new Set([field]));
  });

  test('a body cannot set fields through a prototype', async () => {
    const body = '{"schedule":"@daily","__proto__":{"api":"https://example.com/"}}';
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { body });
    expect(reply.json.errors.map(({ field }: { field: string }) => field)).toEqual(['api', '__proto__']);
  });

  test('a batch of a million items is refused by their number, without checking each', async () => {
    const body = `[${'1,'.repeat(1_000_000)}1]`;
    const startedMs = performance.now();
    const reply = await makeTestApi().call('POST', '/api/v1/jobs/batch', { body });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'jobs' }] } });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('the error about a hundred thousand unknown fields names a few of them', async () => {
    const fields = Array.from({ length: 100_000 }, (_, n) => `"f${n}":1`);
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', {
      body: `{${SOUND},${fields
        .join(',')
        .slice(0, 900_000)
        .replace(/,"[^,]*$/, '')}}`,
    });
    expect(reply.status).toBe(400);
    expect(reply.text.length).toBeLessThan(10_000);
  });
});
