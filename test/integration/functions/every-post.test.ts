import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteKey } from '../../../lib/api/route-table.ts';
import { createApi, dyingAtCommit, keyed } from './idempotency-fixture.ts';

type PostRoute = Extract<RouteKey, `POST ${string}`>;

type Case = {
  json?: object | (() => Promise<object>);
  /** Prepares what the request needs, and returns the values of the parameters in its path. */
  prepare?: () => Promise<Record<string, string | number>>;
  /** What the first request answers, and the repeated one if it differs. */
  status: number;
  again?: number;
  /** Counts what the request makes. Undefined for a request that changes nothing. */
  counted?: string;
};

const createJob = async () => {
  const { json: created } = await api.call('POST', '/api/v1/jobs', { json: job });
  return { id: z.object({ id: z.int() }).parse(created).id };
};
/** Creates a job with a key. */
const createKeyedJob = async () => {
  const key = `reports/${crypto.randomUUID()}`;
  const { json: created } = await api.call('POST', '/api/v1/jobs', { json: { ...job, key } });
  return { id: z.object({ id: z.int() }).parse(created).id, key: encodeURIComponent(key) };
};
/** Creates an execution that waits. */
const createExecution = async () => {
  const { id: jobId } = await createJob();
  const { json: created } = await api.call('POST', `/api/v1/jobs/${jobId}/run`);
  return { id: z.object({ id: z.int() }).parse(created).id };
};

/** Creates a group of failures. */
const createFailures = async () => {
  const { rows } = await api.pool.query<{ id: number }>(
    `insert into failure_groups (fingerprint, host, path, message, executions, jobs, first_failed_at, last_failed_at,
                                 sample_execution_id, sample_job_id)
     values (sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'example.com', '/', '', 1, 1, now(), now(), 1, 1)
     returning id`,
  );
  return z.object({ id: z.int() }).parse(rows[0]);
};

const pause = { action: 'pause', filter: { all: true } };
const dryRun = async () => {
  const { json } = await api.call('POST', '/api/v1/operations', { json: { ...pause, dryRun: true } });
  return z.object({ token: z.string() }).parse(json).token;
};

const job = { schedule: '@hourly', api: 'https://example.com/' };

/** A new POST route does not compile without its case. */
const cases: Record<PostRoute, Case> = {
  'POST /api/v1/jobs': { json: job, status: 201, counted: 'jobs' },
  'POST /api/v1/jobs/batch': { json: { jobs: [job, job] }, status: 201, counted: 'jobs' },
  'POST /api/v1/jobs/{id}/run': { prepare: createJob, status: 201, counted: 'job_executions' },
  'POST /api/v1/jobs/{id}/pause': { prepare: createJob, status: 200, counted: 'jobs where not is_active' },
  'POST /api/v1/jobs/{id}/resume': {
    prepare: async () => {
      const created = await createJob();
      await api.call('POST', `/api/v1/jobs/${created.id}/pause`);
      return created;
    },
    status: 200,
    counted: 'jobs where is_active',
  },
  'POST /api/v1/jobs/by-key/{key}/run': {
    prepare: createKeyedJob,
    status: 201,
    counted: 'job_executions',
  },
  'POST /api/v1/jobs/by-key/{key}/pause': {
    prepare: createKeyedJob,
    status: 200,
    counted: 'jobs where not is_active',
  },
  'POST /api/v1/jobs/by-key/{key}/resume': {
    prepare: async () => {
      const created = await createKeyedJob();
      await api.call('POST', `/api/v1/jobs/${created.id}/pause`);
      return created;
    },
    status: 200,
    counted: 'jobs where is_active',
  },
  'POST /api/v1/failures/{id}/redrive': { prepare: createFailures, status: 202, counted: 'operations' },
  'POST /api/v1/failures/{id}/ignore': {
    json: { until: '2030-06-01T00:00:00Z' },
    prepare: createFailures,
    status: 200,
    counted: `audit_log where action = 'FAILURES_IGNORED'`,
  },
  'POST /api/v1/failures/{id}/resolve': {
    prepare: createFailures,
    status: 200,
    counted: `audit_log where action = 'FAILURES_RESOLVED'`,
  },
  'POST /api/v1/failures/{id}/reopen': {
    prepare: createFailures,
    status: 200,
    counted: `audit_log where action = 'FAILURES_REOPENED'`,
  },
  'POST /api/v1/executions/{id}/retry': {
    prepare: async () => {
      const created = await createExecution();
      await api.call('POST', `/api/v1/executions/${created.id}/cancel`);
      return created;
    },
    status: 201,
    counted: 'job_executions',
  },
  'POST /api/v1/executions/{id}/cancel': {
    prepare: createExecution,
    status: 200,
    counted: `job_executions where status = 'CANCELLED'`,
  },
  'POST /api/v1/operations': {
    json: async () => ({ ...pause, token: await dryRun() }),
    status: 202,
    counted: 'operations',
  },
  'POST /api/v1/operations/{id}/abort': {
    prepare: async () => {
      const json = { ...pause, ratePerSecond: 1, token: await dryRun() };
      const { json: started } = await api.call('POST', '/api/v1/operations', { json });
      await api.pool.query(`update operations set state = 'RUNNING', finished_at = null`);
      return { id: z.object({ id: z.int() }).parse(started).id };
    },
    status: 200,
    counted: `operations where state = 'ABORTED'`,
  },
  'POST /api/v1/schedules/load': { json: {}, status: 200 },
  'POST /api/v1/schedules/preview': { json: { schedule: '@hourly' }, status: 200 },
  'POST /api/v1/keys': {
    json: { name: 'new', scopes: ['read'] },
    status: 201,
    again: 409,
    counted: 'api_keys',
  },
  'POST /api/v1/signing-keys': { json: { overlapSeconds: 60 }, status: 201, counted: 'signing_keys' },
};

let api: Awaited<ReturnType<typeof createApi>>;
beforeAll(async () => {
  api = await createApi();
});
afterAll(() => api.close());

const count = async (table: string): Promise<number> => {
  const { rows } = await api.pool.query<{ count: number }>(`select count(*) as count from ${table}`);
  return rows[0]?.count ?? 0;
};

describe.each(Object.entries(cases))('%s', (route, { json, prepare, status, again = status, counted }) => {
  test('a request that is repeated after its function died at the commit is answered, and done once', async () => {
    const parameters = (await prepare?.()) ?? {};
    const path = Object.entries(parameters).reduce(
      (filled, [name, value]) => filled.replace(`{${name}}`, String(value)),
      route.slice('POST '.length),
    );
    const body = typeof json === 'function' ? await json() : json;
    const asked = { ...(body && { json: body }), headers: keyed(route.replaceAll(/\W/g, '-')) };
    const before = counted === undefined ? 0 : await count(counted);
    const pool = dyingAtCommit(api.pool, 'after');
    const lost = await api.callThrough(pool)('POST', path, asked);
    expect([pool.isDead(), lost.status]).toEqual(counted === undefined ? [false, status] : [true, 500]);
    const made = counted === undefined ? 0 : await count(counted);
    if (counted !== undefined) expect(made).toBeGreaterThan(before);
    const repeated = await api.call('POST', path, asked);
    expect([repeated.status, repeated.headers['idempotency-replayed']]).toEqual([again, 'true']);
    expect((await api.call('POST', path, asked)).text).toBe(repeated.text);
    if (counted !== undefined) expect(await count(counted)).toBe(made);
  });
});
