import type { APIGatewayProxyEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { version } from '../../../../lib/version.ts';
import { ZONE_DATA_VERSION } from '../../../../lib/domain/schedule/time-zone.ts';
import { makeTestApi, queueStats } from '../../../support/api-harness.ts';

type RequestContext = APIGatewayProxyEvent['requestContext'];

const minimal = { schedule: '*/5 * * * *', api: 'https://example.com/hook' };

describe('a job in the API', () => {
  test('a job is created with defaults, and its location is returned', async () => {
    const { call } = makeTestApi();
    const reply = await call('POST', '/api/v1/jobs', { json: minimal });
    expect(reply.status).toBe(201);
    expect(reply.headers).toMatchObject({ location: '/api/v1/jobs/1', 'content-type': 'application/json' });
    expect(reply.json).toEqual({
      id: 1,
      key: null,
      name: null,
      description: null,
      tags: [],
      group: null,
      owner: null,
      schedule: '*/5 * * * *',
      timeZone: 'UTC',
      api: 'https://example.com/hook',
      method: 'POST',
      headers: {},
      secretHeaders: [],
      body: null,
      type: 'AT_LEAST_ONCE',
      isRecurring: true,
      maxRetryCount: 3,
      retry: null,
      maxAgeSeconds: null,
      stopOn: null,
      success: null,
      timeoutMs: 30_000,
      keepResponse: 'failures',
      isTraced: true,
      isActive: true,
      deleteFinishedAfterDays: 7,
      onFailure: null,
      onRecovery: null,
      pauseAfterFailures: null,
      retriesLastSeconds: { min: 7, max: 7 },
      failuresInARow: 0,
      lastOutcome: null,
      pausedByFailuresAt: null,
      nextExecutionTime: '2030-01-01T00:01:00.000Z',
      createdAt: '2030-01-01T00:00:00.000Z',
      updatedAt: '2030-01-01T00:00:00.000Z',
    });
  });

  test('each field of a job is returned as it was given', async () => {
    const { call } = makeTestApi();
    const job = {
      key: 'reports/a 1',
      name: 'a',
      description: 'b',
      tags: ['nightly', 'Team A'],
      group: 'reports',
      owner: 'team-a',
      schedule: '2031-05-01T12:00:00+02:00',
      timeZone: 'Europe/Berlin',
      api: 'http://example.com/c',
      method: 'PUT',
      headers: { 'X-Tag': 'd' },
      body: ['e', { f: null }],
      type: 'AT_MOST_ONCE',
      isRecurring: false,
      maxRetryCount: 0,
      retry: null,
      maxAgeSeconds: 3_600,
      stopOn: null,
      success: { statuses: ['2xx', 409], contains: 'ok' },
      timeoutMs: 90_000,
      keepResponse: 'never',
      isTraced: false,
      isActive: false,
      deleteFinishedAfterDays: 30,
      onFailure: 'https://example.com/failed',
      onRecovery: null,
      pauseAfterFailures: 3,
    };
    const reply = await call('POST', '/api/v1/jobs', { json: job });
    expect(reply.json).toEqual({
      ...job,
      secretHeaders: [],
      id: 1,
      retriesLastSeconds: { min: 0, max: 0 },
      failuresInARow: 0,
      lastOutcome: null,
      pausedByFailuresAt: null,
      nextExecutionTime: null,
      createdAt: '2030-01-01T00:00:00.000Z',
      updatedAt: '2030-01-01T00:00:00.000Z',
    });
  });

  test('the location of a job is below the stage it was created in', async () => {
    const { call } = makeTestApi();
    const requestContext = { requestId: 'request-1', path: '/prod/api/v1/jobs/' };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const reply = await call('POST', '/api/v1/jobs', { json: minimal, event: { requestContext } as never });
    expect(reply.headers['location']).toBe('/prod/api/v1/jobs/1');
  });

  test('a job is read, listed, changed and deleted', async () => {
    const { call } = makeTestApi();
    const { json: job } = await call('POST', '/api/v1/jobs', { json: { ...minimal, name: 'a' } });
    expect((await call('GET', '/api/v1/jobs/1')).json).toEqual(job);
    const { body: _, ...listed } = job;
    const page = { limit: 50, offset: 0, nextCursor: null };
    expect((await call('GET', '/api/v1/jobs')).json).toEqual({ ...page, items: [listed] });
    const whole = await call('GET', '/api/v1/jobs', { query: { include: 'body' } });
    expect(whole.json).toEqual({ ...page, items: [job] });
    const changed = await call('PATCH', '/api/v1/jobs/1', { json: { name: null, timeoutMs: 5 } });
    expect(changed).toMatchObject({ status: 200, json: { ...job, name: null, timeoutMs: 5 } });
    expect(await call('DELETE', '/api/v1/jobs/1')).toMatchObject({ status: 204, text: '' });
    expect(await call('GET', '/api/v1/jobs/1')).toMatchObject({
      status: 404,
      json: { code: 'JOB_NOT_FOUND' },
    });
  });

  test('a job shows its schedule, or that it has none', async () => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/jobs/batch', { json: [minimal, { ...minimal, isActive: false }] });
    expect((await call('GET', '/api/v1/jobs/1/schedule')).json).toEqual({
      id: 7,
      jobId: 1,
      nextExecutionTime: '2030-01-01T00:01:00.000Z',
      createdAt: '2030-01-01T00:00:00.000Z',
    });
    const none = await call('GET', '/api/v1/jobs/2/schedule');
    expect(none).toMatchObject({ status: 404, json: { code: 'SCHEDULE_NOT_FOUND' } });
  });

  test('a job shows its history, filtered by status', async () => {
    const { call } = makeTestApi();
    await call('POST', '/api/v1/jobs', { json: minimal });
    const all = await call('GET', '/api/v1/jobs/1/history', { query: { limit: '1', count: 'true' } });
    expect(all.json).toMatchObject({
      total: 2,
      totalIsCapped: false,
      limit: 1,
      offset: 0,
      items: [{ executionDuration: 12.5 }],
    });
    const failed = await call('GET', '/api/v1/jobs/1/history', { query: { status: 'FAILED' } });
    expect(failed.json).not.toHaveProperty('total');
    expect(failed.json).toMatchObject({
      items: [{ id: 2, retryCount: 1, errorMessage: 'HTTP 500' }],
    });
    const unknown = await call('GET', '/api/v1/jobs/9/history');
    expect(unknown).toMatchObject({ status: 404, json: { code: 'JOB_NOT_FOUND' } });
  });

  test.each(['0', '01', '-1', '1.5', 'x', '9007199254740992', '99999999999999999', '1e3'])(
    'no job is looked up by the id %s',
    async (id) => {
      const { call } = makeTestApi();
      for (const [method, suffix] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/schedule'],
        ['GET', '/history'],
        ['GET', '/upcoming'],
      ] as const) {
        const reply = await call(method, `/api/v1/jobs/${id}${suffix}`);
        expect(reply).toMatchObject({
          status: 400,
          json: { code: 'VALIDATION_ERROR', errors: [{ field: 'id' }] },
        });
      }
    },
  );
});

test('a batch is answered in the order it was given, as an array or as an object', async () => {
  const { call } = makeTestApi();
  const jobs = ['a', 'b', 'c'].map((name) => ({ ...minimal, name }));
  for (const json of [jobs, { jobs }]) {
    const reply = await call('POST', '/api/v1/jobs/batch', { json });
    expect(reply.status).toBe(201);
    expect(reply.json.items.map((job: { name: string }) => job.name)).toEqual(['a', 'b', 'c']);
  }
});

test('the queue statistics are returned', async () => {
  const { json } = await makeTestApi().call('GET', '/queue/stats');
  expect(json).toEqual({ queue_stats: queueStats });
});

describe('the health of Belfry', () => {
  test('health is returned without a key, with any parameter, and without a call to any component', async () => {
    let asked = 0;
    const ask = async (): Promise<never> => {
      asked++;
      throw new Error('a part was asked');
    };
    const { call } = makeTestApi({
      checkHealth: ask,
      findApiKey: ask,
      admit: ask,
      checkClock: () => void asked++,
    });
    const reply = await call('GET', '/health', { key: null, query: { probe: '1' } });
    expect(reply).toMatchObject({
      status: 200,
      json: { status: 'ok', version, timeZoneData: ZONE_DATA_VERSION },
    });
    // A key that comes with it is not looked up.
    expect((await call('GET', '/health')).status).toBe(200);
    expect((await call('GET', '/openapi.json')).status).toBe(200);
    expect(asked).toBe(0);
  });

  test('the health of the components is returned to a key that may read', async () => {
    const { call } = makeTestApi();
    expect((await call('GET', '/health/deep', { key: null })).status).toBe(401);
    expect((await call('GET', '/health/deep', { key: 'admin-key' })).status).toBe(403);
    expect(await call('GET', '/health/deep', { key: 'reader-key' })).toMatchObject({
      status: 200,
      json: {
        status: 'ok',
        version,
        timeZoneData: ZONE_DATA_VERSION,
        checks: { postgres: 'ok', redis: 'ok', sqs: 'ok' },
      },
    });
  });

  test('the health of the components is a 503 when one does not answer', async () => {
    const health = {
      status: 'degraded',
      checks: { postgres: 'ok', redis: 'unreachable', sqs: 'ok' },
    } as const;
    const { call } = makeTestApi({ checkHealth: async () => health });
    expect(await call('GET', '/health/deep')).toMatchObject({ status: 503, json: health });
  });
});

test('the OpenAPI document is served without a key', async () => {
  const { call } = makeTestApi();
  const first = await call('GET', '/openapi.json', { key: null });
  expect(first).toMatchObject({ status: 200, json: { openapi: '3.1.0' } });
  expect((await call('GET', '/openapi.json', { key: null })).text).toBe(first.text);
});

test.each([
  { place: 'one machine', requestPath: undefined, url: '/' },
  { place: 'a stage of API Gateway', requestPath: '/v1/openapi.json', url: '/v1' },
  { place: 'a domain of its own', requestPath: '/openapi.json', url: '/' },
])('on $place the OpenAPI document names a server whose paths are the served ones', async (at) => {
  const { call } = makeTestApi();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of the context is not read
  const requestContext = { requestId: 'request-1', path: at.requestPath } as RequestContext;
  const { json } = await call('GET', '/openapi.json', { key: null, event: { requestContext } });
  expect(json.servers).toEqual([{ url: at.url }]);
});
