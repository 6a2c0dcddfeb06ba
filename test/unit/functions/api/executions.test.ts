import { describe, expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

const aJob = { schedule: '*/5 * * * *', api: 'https://example.com/hook' };

async function makeApiWithJob() {
  const api = makeTestApi();
  await api.call('POST', '/api/v1/jobs', { json: aJob });
  return api;
}

describe('running a job', () => {
  test.each([
    ['without a body', {}],
    ['with an empty object', { json: {} }],
    ['with a body for this run', { json: { body: { kind: 'catch-up' } } }],
  ])('a job is run %s', async (_, request) => {
    const { call } = await makeApiWithJob();
    const reply = await call('POST', '/api/v1/jobs/1/run', request);
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      id: 3,
      jobId: 1,
      trigger: 'MANUAL',
      originId: null,
      status: 'SCHEDULED',
    });
  });

  test.each([
    ['an unknown field', { json: { boddy: 1 } }, 'boddy', 'is an unknown field; did you mean body?'],
    ['an array', { json: [] }, 'body', 'must be a JSON object, which may have a body'],
    ['a number out of range', { body: '{"body":1e999}' }, 'body', 'is out of the range of a double'],
  ])('a run with %s is refused with the field and the remedy', async (_, request, field, message) => {
    const { call } = await makeApiWithJob();
    const { status, json } = await call('POST', '/api/v1/jobs/1/run', request);
    expect(status).toBe(400);
    expect(json.errors).toMatchObject([{ field, message: expect.stringContaining(message) }]);
  });

  test('a job that does not exist cannot be run', async () => {
    const { call } = makeTestApi();
    expect(await call('POST', '/api/v1/jobs/7/run')).toMatchObject({
      status: 404,
      json: { code: 'JOB_NOT_FOUND' },
    });
  });
});

describe('pausing and resuming a job', () => {
  test('a job is paused and resumed, also twice', async () => {
    const { call } = await makeApiWithJob();
    for (const [action, isActive] of [
      ['pause', false],
      ['pause', false],
      ['resume', true],
      ['resume', true],
    ] as const) {
      const reply = await call('POST', `/api/v1/jobs/1/${action}`);
      expect(reply).toMatchObject({ status: 200, json: { id: 1, isActive } });
    }
  });

  test('a key without the scope read does not see the paused job', async () => {
    const { call } = await makeApiWithJob();
    expect(await call('POST', '/api/v1/jobs/1/pause', { key: 'write-only-key' })).toMatchObject({
      status: 204,
      text: '',
    });
  });
});

describe('repeating an execution', () => {
  test('a failed execution is repeated', async () => {
    const { call } = await makeApiWithJob();
    const reply = await call('POST', '/api/v1/executions/2/retry');
    expect(reply).toMatchObject({ status: 201, json: { trigger: 'REDRIVE', originId: 2 } });
  });

  test('an execution that has succeeded is repeated with force', async () => {
    const { call } = await makeApiWithJob();
    const refused = await call('POST', '/api/v1/executions/1/retry');
    expect(refused).toMatchObject({ status: 409, json: { code: 'EXECUTION_NOT_RETRYABLE' } });
    const forced = await call('POST', '/api/v1/executions/1/retry', { json: { force: true } });
    expect(forced.status).toBe(201);
  });

  test('force must be true or false', async () => {
    const { call } = await makeApiWithJob();
    const { json } = await call('POST', '/api/v1/executions/1/retry', { json: { force: 'yes' } });
    expect(json.errors).toEqual([{ field: 'force', message: 'must be true or false' }]);
  });
});

describe('cancelling an execution', () => {
  test('the answer about a waiting execution says that no request will be sent', async () => {
    const { call } = await makeApiWithJob();
    expect(await call('POST', '/api/v1/executions/1/cancel')).toMatchObject({
      status: 200,
      json: {
        status: 'CANCELLED',
        effect: 'CANCELLED',
        message: 'no request is under way, and none will be sent',
      },
    });
  });

  test('the answer about a running execution says that the target may continue', async () => {
    const { call } = await makeApiWithJob();
    expect(await call('POST', '/api/v1/executions/2/cancel')).toMatchObject({
      status: 202,
      json: {
        status: 'RUNNING',
        effect: 'CANCELLING',
        message: expect.stringContaining('the target may continue'),
      },
    });
  });

  test('a key without the scope read does not see the cancelled execution', async () => {
    const { call } = await makeApiWithJob();
    expect(await call('POST', '/api/v1/executions/1/cancel', { key: 'write-only-key' })).toMatchObject({
      status: 204,
      text: '',
    });
  });

  test.each([
    ['3', 409, 'EXECUTION_ENDED'],
    ['4', 404, 'EXECUTION_NOT_FOUND'],
    ['x', 400, 'VALIDATION_ERROR'],
  ])('execution %s cannot be cancelled', async (id, status, code) => {
    const { call } = await makeApiWithJob();
    expect(await call('POST', `/api/v1/executions/${id}/cancel`)).toMatchObject({ status, json: { code } });
  });
});

test.each([
  '/api/v1/jobs/1/run',
  '/api/v1/jobs/1/pause',
  '/api/v1/jobs/1/resume',
  '/api/v1/executions/1/retry',
  '/api/v1/executions/1/cancel',
])('a key with only the scope read cannot send POST %s', async (path) => {
  const { call } = await makeApiWithJob();
  expect(await call('POST', path, { key: 'reader-key' })).toMatchObject({
    status: 403,
    json: { code: 'FORBIDDEN' },
  });
});
