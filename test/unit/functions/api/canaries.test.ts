import { ReplyError } from 'ioredis';
import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import type { ApiDeps } from '../../../../functions/compose/api-deps.ts';
import { ApiKeyNameTakenError, JobNotFoundError, UnavailableError } from '../../../../lib/domain/errors.ts';
import { errorField } from '../../../../lib/logger.ts';
import { makeTestApi } from '../../../support/api-harness.ts';

/** One secret for each place of a request; none of them may ever appear in a log. */
const canaries = {
  key: 'canary-api-key',
  bearer: 'canary-bearer-token',
  cookie: 'canary-cookie',
  header: 'canary-request-header',
  query: 'canary-query',
  body: 'canary-job-body',
  jobHeader: 'canary-job-header',
  url: 'canary-url-token',
} as const;

const secretJob = {
  name: 'a job',
  schedule: '@hourly',
  api: `https://example.com/hook?token=${canaries.url}`,
  headers: { Authorization: `Bearer ${canaries.jobHeader}` },
  body: { password: canaries.body },
};
const secretHeaders = { Cookie: `session=${canaries.cookie}`, 'X-Secret': canaries.header };

type Request = {
  method: string;
  path: string;
  json?: unknown;
  body?: string;
  key?: string | null;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  remainingMs?: number;
};
type Case = {
  status: number;
  request: Request;
  overrides?: Partial<ApiDeps>;
  mayShow?: (keyof typeof canaries)[];
};

const jobs = { method: 'POST', path: '/api/v1/jobs' };
const throwing = (error: unknown) => async () => {
  throw error;
};

/** Errors as the drivers make them: with the values that they tried to send or store next to the message. */
function databaseError(): DatabaseError {
  const error = new DatabaseError('duplicate key value violates unique constraint "x"', 100, 'error');
  return Object.assign(error, {
    code: '23505',
    detail: `Key (body)=(${canaries.body}) already exists.`,
    where: `unnamed portal parameter $1 = '${canaries.jobHeader}'`,
  });
}
const redisError = () =>
  Object.assign(new ReplyError('ERR value is not an integer'), {
    command: { name: 'evalsha', args: [canaries.body, canaries.jobHeader, canaries.key] },
  });

const cases: Case[] = [
  // The owner of the job receives the given values, except secret headers; no one else does, and no log contains them.
  { status: 201, request: { ...jobs, json: secretJob }, mayShow: ['body', 'url'] },
  { status: 400, request: { ...jobs, json: { ...secretJob, maxRetryCount: -1 } } },
  {
    status: 400,
    request: { ...jobs, json: { ...secretJob, headers: { 'X-A': `${canaries.jobHeader}\n` } } },
  },
  {
    status: 400,
    request: { ...jobs, json: { ...secretJob, api: `https://u:${canaries.url}@example.com/` } },
  },
  { status: 400, request: { ...jobs, json: secretJob, query: { verbose: canaries.query } } },
  { status: 401, request: { ...jobs, json: secretJob, key: canaries.key } },
  {
    status: 401,
    request: { ...jobs, json: secretJob, headers: { Authorization: `Bearer ${canaries.bearer}` } },
  },
  {
    status: 401,
    request: { ...jobs, json: secretJob, headers: { Authorization: `Basic ${canaries.bearer}` }, key: null },
  },
  { status: 403, request: { ...jobs, json: secretJob, key: 'reader-key' } },
  {
    status: 404,
    request: { method: 'PATCH', path: '/api/v1/jobs/9', json: secretJob },
    overrides: { changeJob: throwing(new JobNotFoundError(9)) },
  },
  {
    status: 409,
    request: {
      method: 'POST',
      path: '/api/v1/keys',
      json: { name: 'one', scopes: ['read'] },
      key: 'admin-key',
    },
    overrides: { createApiKey: throwing(new ApiKeyNameTakenError('one')) },
  },
  { status: 413, request: { ...jobs, json: { ...secretJob, body: canaries.body.repeat(100_000) } } },
  { status: 414, request: { ...jobs, json: secretJob, query: { q: canaries.query.repeat(500) } } },
  {
    status: 415,
    request: { ...jobs, json: secretJob, headers: { 'Content-Type': `text/${canaries.header}` } },
  },
  {
    status: 429,
    request: { ...jobs, json: secretJob },
    overrides: { admit: async () => ({ isAdmitted: false, remaining: 0, waitMs: 5, resetMs: 9 }) },
  },
  {
    status: 431,
    request: { ...jobs, json: secretJob, headers: { 'X-Long': canaries.header.repeat(1_000) } },
  },
  { status: 500, request: { ...jobs, json: secretJob }, overrides: { createJob: throwing(databaseError()) } },
  { status: 500, request: { ...jobs, json: secretJob }, overrides: { createJob: throwing(redisError()) } },
  {
    status: 503,
    request: { ...jobs, json: secretJob },
    overrides: { createJob: throwing(new UnavailableError('PostgreSQL', { cause: databaseError() })) },
  },
  {
    status: 503,
    request: { ...jobs, json: secretJob },
    overrides: { findApiKey: throwing(new UnavailableError('PostgreSQL', { cause: databaseError() })) },
  },
  {
    status: 503,
    request: { ...jobs, json: secretJob, remainingMs: 510 },
    overrides: { createJob: () => new Promise(() => {}) },
  },
  {
    status: 201,
    request: { ...jobs, json: secretJob },
    overrides: { admit: throwing(new UnavailableError('Redis', { cause: redisError() })) },
    mayShow: ['body', 'url'],
  },
];

const canariesIn = (text: string) =>
  Object.entries(canaries)
    .filter(([, canary]) => text.includes(canary))
    .map(([place]) => place);

describe('the secrets of a request', () => {
  test.each(cases)(
    'secrets of a request are in no log, and only in the response to the owner: $status $request.method $request.path',
    async ({ status, request, overrides, mayShow = [] }) => {
      const { call, logs } = makeTestApi(overrides);
      const { method, path, ...options } = request;
      const reply = await call(method, path, {
        ...options,
        headers: { ...secretHeaders, ...options.headers },
      });
      expect(reply.status).toBe(status);
      expect(canariesIn(JSON.stringify(logs))).toEqual([]);
      expect(JSON.stringify(logs)).not.toMatch(/writer-key|reader-key|admin-key/);
      expect(canariesIn(JSON.stringify(reply.headers))).toEqual([]);
      expect(canariesIn(reply.text).toSorted()).toEqual([...mayShow].toSorted());
      expect(logs.some(({ event }) => event === 'request')).toBe(true);
    },
  );

  test('malformed JSON next to a secret is shown to its sender, and in no log', async () => {
    const { call, logs } = makeTestApi();
    expect((await call('POST', '/api/v1/jobs', { body: `{"body": ${canaries.body}` })).status).toBe(400);
    expect(canariesIn(JSON.stringify(logs))).toEqual([]);
  });
});

test('a new key is in its one response and in no log', async () => {
  const { call, logs } = makeTestApi();
  const json = { name: 'one', scopes: ['read'] };
  const { key } = (await call('POST', '/api/v1/keys', { json, key: 'admin-key' })).json;
  await call('GET', '/api/v1/jobs', { key });
  const others = [
    await call('GET', '/api/v1/keys', { key: 'admin-key' }),
    await call('POST', '/api/v1/keys', { json, key: 'admin-key' }),
    await call('DELETE', '/api/v1/keys/4', { key: 'admin-key' }),
  ];
  expect(others.map(({ text }) => text).join()).not.toContain(key);
  expect(JSON.stringify(logs)).not.toContain(key);
});

test('an error is logged without the values that its driver attached', () => {
  for (const error of [databaseError(), redisError()]) {
    expect(canariesIn(JSON.stringify(error))).not.toEqual([]);
    expect(canariesIn(JSON.stringify(errorField(new Error('it failed', { cause: error }))))).toEqual([]);
  }
});
