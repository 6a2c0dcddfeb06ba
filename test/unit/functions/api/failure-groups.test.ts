import { expect, test } from 'vitest';
import { makeTestApi } from '../../../support/api-harness.ts';

test('failures are listed by cause, and the cursor leads to the next page', async () => {
  const { call } = makeTestApi();
  const { status, json } = await call('GET', '/api/v1/failures', { query: { limit: '1' } });
  expect(status).toBe(200);
  expect(json.items).toMatchObject([
    { id: 1, host: 'example.com', path: '/hook/{n}', sample: { executionId: 2, jobId: 1 } },
  ]);
  const next = await call('GET', '/api/v1/failures', { query: { limit: '1', cursor: json.nextCursor } });
  expect(next.status).toBe(200);
});

test.each([
  [{ since: 'yesterday' }, 'since'],
  [{ cursor: 'jobs:1' }, 'cursor'],
  [{ host: 'example.com' }, 'host'],
  [{ state: 'CLOSED' }, 'state'],
])('the list of failures refuses the query %j', async (query, field) => {
  const { call } = makeTestApi();
  const { status, json } = await call('GET', '/api/v1/failures', { query });
  expect(status).toBe(400);
  expect(json.errors).toMatchObject([{ field }]);
});

test('one group of failures is read by its id', async () => {
  const { call } = makeTestApi();
  expect(await call('GET', '/api/v1/failures/1')).toMatchObject({
    status: 200,
    json: { id: 1, executions: 3, state: 'OPEN', failedJobs: [{ jobId: 1, lastExecutionId: 2 }] },
  });
  expect(await call('GET', '/api/v1/failures/5')).toMatchObject({
    status: 404,
    json: { code: 'FAILURE_GROUP_NOT_FOUND' },
  });
  expect((await call('GET', '/api/v1/failures/x')).json.errors).toEqual([
    { field: 'id', message: 'must be the id of a failure group, which is a positive integer' },
  ]);
});

test('a group of failures is repeated by an operation, ten executions a second by default', async () => {
  const { call } = makeTestApi();
  const { status, json } = await call('POST', '/api/v1/failures/1/redrive');
  expect(status).toBe(202);
  expect(json).toMatchObject({
    action: 'redrive',
    ratePerSecond: 10,
    filter: { failureGroup: 1, includeSucceeded: false },
  });
});

test.each([
  [{ ratePerSecond: 0 }, 'ratePerSecond', 'must be an integer from 1 to 1000'],
  [{ includeSucceeded: 'no' }, 'includeSucceeded', 'must be a boolean, true or false'],
  [{ rate: 1 }, 'rate', 'is an unknown field; the fields are ratePerSecond, includeSucceeded, dryRun'],
])('a redrive with %j is refused with the remedy', async (json, field, message) => {
  const { call } = makeTestApi();
  const reply = await call('POST', '/api/v1/failures/1/redrive', { json });
  expect(reply.status).toBe(400);
  expect(reply.json.errors).toMatchObject([{ field, message: expect.stringContaining(message) }]);
});

test('a redrive needs the scope write, and a group that exists', async () => {
  const { call } = makeTestApi();
  const path = '/api/v1/failures/1/redrive';
  expect((await call('POST', path, { key: 'reader-key' })).status).toBe(403);
  expect(await call('POST', '/api/v1/failures/2/redrive')).toMatchObject({
    status: 404,
    json: { code: 'FAILURE_GROUP_NOT_FOUND' },
  });
});

test('a dry run of a redrive counts the executions, and starts no operation', async () => {
  const { call } = makeTestApi();
  const { json: before } = await call('GET', '/api/v1/operations');
  expect(await call('POST', '/api/v1/failures/1/redrive', { json: { dryRun: true } })).toMatchObject({
    status: 200,
    json: { matched: { count: 2, isCapped: false } },
  });
  expect((await call('GET', '/api/v1/operations')).json).toEqual(before);
});

test.each([
  [
    'ignore',
    { until: '2031-05-01T12:00:00Z' },
    { state: 'IGNORED', ignoredUntil: '2031-05-01T12:00:00.000Z' },
  ],
  ['resolve', undefined, { state: 'RESOLVED', ignoredUntil: null }],
  ['reopen', undefined, { state: 'OPEN' }],
])('a group of failures can be marked by %s, which needs the scope write', async (action, json, expected) => {
  const { call } = makeTestApi();
  const path = `/api/v1/failures/1/${action}`;
  const sent = json === undefined ? {} : { json };
  expect(await call('POST', path, sent)).toMatchObject({ status: 200, json: expected });
  expect((await call('POST', path, { ...sent, key: 'reader-key' })).status).toBe(403);
  // A key without the scope read does not see the group.
  expect(await call('POST', path, { ...sent, key: 'write-only-key' })).toMatchObject({
    status: 204,
    text: '',
  });
  expect((await call('POST', `/api/v1/failures/2/${action}`, sent)).status).toBe(404);
});

test.each([
  [{}, 'until', 'must be an ISO 8601 instant'],
  [{ until: 'tomorrow' }, 'until', 'must be an ISO 8601 instant'],
  [{ until: '2031-05-01T12:00:00Z', forever: true }, 'forever', 'is an unknown field; the fields are until'],
])('the request %j to ignore failures is refused with the remedy', async (json, field, message) => {
  const { call } = makeTestApi();
  const reply = await call('POST', '/api/v1/failures/1/ignore', { json });
  expect(reply.status).toBe(400);
  expect(reply.json.errors).toMatchObject([{ field, message: expect.stringContaining(message) }]);
});
