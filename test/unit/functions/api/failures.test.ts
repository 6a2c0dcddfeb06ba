import { describe, expect, test } from 'vitest';
import {
  type FieldError,
  InvalidScheduleError,
  UnavailableError,
  ValidationError,
} from '../../../../lib/domain/errors.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

const minimal = { schedule: '@hourly', api: 'https://example.com/' };
const throwing = (error: unknown) => async () => {
  throw error;
};

describe('an error of a use case', () => {
  test('a use-case error that names a field is a 400 with the field', async () => {
    const { call } = makeTestApi({
      createJob: throwing(new InvalidScheduleError('schedule', 'is in the past')),
    });
    const reply = await call('POST', '/api/v1/jobs', { json: minimal });
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.json).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'schedule: is in the past',
      code: 'INVALID_SCHEDULE',
      errors: [{ field: 'schedule', message: 'is in the past' }],
    });
  });

  test('a use-case error about a batch names at most a hundred items', async () => {
    const errors: FieldError[] = Array.from({ length: 150 }, (_, index) => ({
      index,
      field: 'schedule',
      message: 'no',
    }));
    const { call } = makeTestApi({ createJobs: throwing(new ValidationError(errors)) });
    const { status, json } = await call('POST', '/api/v1/jobs/batch', { json: [minimal] });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'INVALID_SCHEDULE', errorCount: 150 });
    expect(json.errors).toEqual(errors.slice(0, 100));
    expect(json.detail).toBe('item 0, schedule: no (and 149 more, see errors)');
  });

  test('a component that does not answer is a 503 with Retry-After, and is logged', async () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const { call, logs } = makeTestApi({
      createJob: throwing(new UnavailableError('PostgreSQL', { cause })),
    });
    const reply = await call('POST', '/api/v1/jobs', { json: minimal });
    expect(reply).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      json: { code: 'UNAVAILABLE' },
    });
    expect(logs.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { requestId: 'request-1', error: { code: 'UNAVAILABLE', cause: { code: 'ECONNREFUSED' } } } },
    ]);
  });

  test('a failed key look-up is a 503 as well', async () => {
    const { call } = makeTestApi({ findApiKey: throwing(new UnavailableError('PostgreSQL')) });
    expect((await call('GET', '/api/v1/jobs')).status).toBe(503);
  });
});

describe('an unknown error', () => {
  test('an unknown error is an opaque 500, and is logged once', async () => {
    const { call, logs } = makeTestApi({ createJob: throwing(new TypeError('secret inside')) });
    const reply = await call('POST', '/api/v1/jobs', { json: minimal });
    expect(reply).toMatchObject({
      status: 500,
      json: { code: 'INTERNAL_ERROR', title: 'Internal Server Error' },
    });
    expect(reply.text).not.toContain('secret');
    const errors = logs.filter(({ level }) => level === 'error');
    const error = { name: 'TypeError', stack: expect.stringContaining('failures.test.ts') };
    expect(errors).toMatchObject([{ fields: { requestId: 'request-1', error } }]);
  });

  test.each(['text', undefined, null, 42])('an unknown error may be %s', async (thrown) => {
    const { call } = makeTestApi({ queueStats: throwing(thrown) });
    expect(await call('GET', '/queue/stats')).toMatchObject({
      status: 500,
      json: { code: 'INTERNAL_ERROR' },
    });
  });
});

test('a request that would outlast the function is a 503 in time', async () => {
  const { call } = makeTestApi({ queueStats: () => new Promise(() => {}) });
  const reply = await call('GET', '/queue/stats', { remainingMs: 510 });
  expect(reply).toMatchObject({ status: 503, json: { code: 'TIMED_OUT' } });
  expect(reply.headers['retry-after']).toBeUndefined();
});

describe('the log of the API', () => {
  test('the log has one line for each request, without its contents', async () => {
    const { call, logs, clock } = makeTestApi({
      listHistory: async () => {
        await clock.advanceBy(12);
        return { items: [], total: undefined, hasMore: false };
      },
    });
    await call('GET', '/api/v1/jobs/123456/history', { query: { limit: '77' } });
    const fields = {
      method: 'GET',
      route: '/api/v1/jobs/{id}/history',
      status: 200,
      durationMs: 12,
      requestId: 'request-1',
    };
    expect(logs).toEqual([{ level: 'info', event: 'request', fields }]);
  });

  test.each([
    ['GET', '/secret-path', null, 404],
    ['PUT', '/api/v1/jobs/5', '/api/v1/jobs/{id}', 405],
  ])('the log has a line for %s %s too', async (method, path, route, status) => {
    const { call, logs } = makeTestApi();
    await call(method, path, { key: 'wrong' });
    expect(logs).toMatchObject([{ event: 'request', fields: { method, route, status } }]);
  });

  test('the log never contains keys, headers, bodies or query values', async () => {
    const { call, logs } = makeTestApi({ createJob: throwing(new Error('broken')) });
    const json = { ...minimal, headers: { 'X-Tag': 'sesame-header' }, body: 'sesame-body' };
    await call('POST', '/api/v1/jobs', { json, headers: { Cookie: 'sesame-cookie' } });
    await call('POST', '/api/v1/jobs', { key: 'sesame-key', query: { a: 'sesame-query' }, body: '{"sesame' });
    await call('POST', '/api/v1/jobs', { body: '{"sesame' });
    await call('GET', '/api/v1/jobs', { headers: { Authorization: 'Bearer sesame-token' } });
    expect(logs).toHaveLength(5);
    expect(JSON.stringify(logs)).not.toMatch(/sesame|writer-key/);
  });
});

test('security headers are on every response', async () => {
  const { call } = makeTestApi();
  for (const path of ['/health', '/nothing', '/api/v1/jobs']) {
    expect((await call('GET', path)).headers['x-content-type-options']).toBe('nosniff');
  }
});
