import { describe, expect, test } from 'vitest';
import { apiLimits } from '../../../../lib/api/limits.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };

/** A job whose JSON has exactly this many bytes. */
function jobOfBytes(sizeBytes: number): string {
  const empty = JSON.stringify({ ...minimal, body: '' });
  return JSON.stringify({ ...minimal, body: 'x'.repeat(sizeBytes - empty.length) });
}

describe('a request body', () => {
  test.each([
    ['POST', '/api/v1/jobs', apiLimits.jobBodyBytes],
    ['POST', '/api/v1/jobs/batch', apiLimits.batchBodyBytes],
    ['PATCH', '/api/v1/jobs/1', apiLimits.jobBodyBytes],
  ])('the body of %s %s may have %i bytes and no more', async (method, path, limitBytes) => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/jobs', { json: minimal });
    const isBatch = path.endsWith('batch');
    // A job of a batch may have no larger body than a single job.
    const many = Array.from({ length: 7 }, () => jobOfBytes(524_288)).join();
    const wrap = (json: string) => (isBatch ? `[${many},${json}]` : json);
    const brackets = Buffer.byteLength(wrap(''));
    const fits = await call(method, path, { body: wrap(jobOfBytes(limitBytes - brackets)) });
    expect(fits.status).toBe(method === 'POST' ? 201 : 200);
    const over = await call(method, path, { body: wrap(jobOfBytes(limitBytes - brackets + 1)) });
    expect(over).toMatchObject({ status: 413, json: { code: 'PAYLOAD_TOO_LARGE' } });
    expect(over.json.detail).toContain(String(limitBytes));
  });

  test('a body is measured in bytes, not characters, also in base64', async () => {
    const { call } = makeTestApi();
    const wide = JSON.stringify({ ...minimal, body: 'é'.repeat(apiLimits.jobBodyBytes / 2) });
    expect((await call('POST', '/api/v1/jobs', { body: wide })).status).toBe(413);
    const base64 = (json: string) => Buffer.from(json).toString('base64');
    const fits = { body: base64(jobOfBytes(apiLimits.jobBodyBytes)), isBase64Encoded: true };
    expect((await call('POST', '/api/v1/jobs', fits)).status).toBe(201);
    const over = { body: base64(jobOfBytes(apiLimits.jobBodyBytes + 1)), isBase64Encoded: true };
    expect((await call('POST', '/api/v1/jobs', over)).status).toBe(413);
  });

  test.each([
    ['', 'is empty'],
    [null, 'is empty'],
    [' \n', 'is empty'],
    ['{"schedule": "@daily",}', 'position 22'],
    ['{"schedule": nope}', "Unexpected token 'o'"],
    ['[1, 2', 'position 5'],
    ['\ufeff{}', 'is not JSON'],
    ['"text"', 'must be a JSON object with schedule and api'],
    ['[]', 'must be a JSON object with schedule and api'],
    ['null', 'must be a JSON object with schedule and api'],
    ['['.repeat(100_000), 'is not JSON'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'must be a JSON object'],
  ])('a body that is not a job (%#) is refused with the reason', async (body, message) => {
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { body });
    expect(reply).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', errors: [{ field: 'body' }] },
    });
    expect(reply.json.errors[0].message).toContain(message);
  });

  test('a body that is not UTF-8 is refused', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22]).toString('base64');
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { body, isBase64Encoded: true });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'body' }] } });
    expect(reply.json.detail).toContain('UTF-8');
  });

  test.each([
    ['application/json', 201],
    ['application/json; charset=utf-8', 201],
    ['Application/JSON', 201],
    ['application/vnd.example+json', 201],
    ['', 201],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/jsonp', 415],
    ['text/json, application/json', 415],
  ])('a body of type "%s" is %i', async (contentType, status) => {
    const headers = { 'Content-Type': contentType };
    const reply = await makeTestApi().call('POST', '/api/v1/jobs', { json: minimal, headers });
    expect(reply.status).toBe(status);
    if (status === 415) expect(reply.json).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  test('a body keeps keys such as __proto__ as keys', async () => {
    const { call, state } = makeTestApi();
    const body = `{"schedule":"@daily","api":"https://example.com/","body":{"__proto__":{"polluted":1}}}`;
    const reply = await call('POST', '/api/v1/jobs', { body });
    expect(reply.text).toContain('"body":{"__proto__":{"polluted":1}}');
    expect(state.created[0]?.body).toBe('{"__proto__":{"polluted":1}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
