import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makePruneIdempotencyKeys } from '../../../lib/app/prune-idempotency-keys.ts';
import { KEY_KEPT_MS } from '../../../lib/app/claim-request.ts';
import { createApi, dyingAtCommit, keyed } from './idempotency-fixture.ts';

let api: Awaited<ReturnType<typeof createApi>>;
beforeAll(async () => {
  api = await createApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.pool.query(
    'truncate idempotency_keys, job_executions, job_schedules, job_tags, declared_jobs, jobs',
  );
});

const job = {
  schedule: '@hourly',
  api: 'https://example.com/',
  headers: { Authorization: 'Bearer secret-1' },
};
const post = (key: string, json: object = job, more: { apiKey?: string } = {}) =>
  api.call('POST', '/api/v1/jobs', { json, headers: keyed(key), ...more });
const count = async (table: string) => {
  const { rows } = await api.pool.query<{ count: number }>(`select count(*) as count from ${table}`);
  return rows[0]?.count;
};

describe('a POST with an Idempotency-Key', () => {
  test('the same request gets the stored answer, and makes one job', async () => {
    const first = await post('a');
    await api.clock.advanceBy(7_200_000);
    const again = await post('a');
    expect(first.status).toBe(201);
    expect(again).toMatchObject({ status: 201, text: first.text });
    expect(again.headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: first.headers['location'],
      'content-type': 'application/json',
    });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(await count('jobs')).toBe(1);
  });

  test('the stored answer stays as it was when the job has changed', async () => {
    const first = await post('a');
    await api.call('PATCH', first.headers['location'] ?? '', { json: { name: 'renamed' } });
    expect((await post('a')).text).toBe(first.text);
  });

  test('a different request with the same key is refused, and changes nothing', async () => {
    await post('a');
    const other = await post('a', { ...job, schedule: '@daily' });
    expect(other).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await count('jobs')).toBe(1);
  });

  test('a key belongs to its API key and its route', async () => {
    await post('a');
    expect((await post('a', job, { apiKey: 'two' })).status).toBe(201);
    const batch = { json: { jobs: [job] }, headers: keyed('a') };
    expect((await api.call('POST', '/api/v1/jobs/batch', batch)).status).toBe(201);
    expect(await count('jobs')).toBe(3);
  });

  test('requests without a key, and requests with different keys, are served each', async () => {
    await api.call('POST', '/api/v1/jobs', { json: job });
    await api.call('POST', '/api/v1/jobs', { json: job });
    await post('a');
    await post('b');
    expect(await count('jobs')).toBe(4);
  });

  test('a request that was refused can be corrected, and sent with the same key', async () => {
    expect((await post('a', { ...job, schedule: 'never' })).status).toBe(400);
    expect((await post('a')).status).toBe(201);
  });

  test('many requests with one key at the same time make one job', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => post('a')));
    const codes = new Set(replies.map(({ status }) => status));
    expect([...codes].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(await count('jobs')).toBe(1);
    const refused = replies.find(({ status }) => status === 409);
    if (refused !== undefined) {
      expect(refused).toMatchObject({ json: { code: 'REQUEST_UNDER_WAY' }, headers: { 'retry-after': '2' } });
    }
    expect((await post('a')).status).toBe(201);
  });

  test('a bad key is refused, and the error names the header', async () => {
    const reply = await api.call('POST', '/api/v1/jobs', { json: job, headers: { 'Idempotency-Key': 'ä' } });
    expect(reply).toMatchObject({ status: 400, json: { errors: [{ field: 'Idempotency-Key' }] } });
  });

  test('the table does not hold the request, and no secret', async () => {
    await post('a', { ...job, body: { a: 1 } });
    const key = { json: { name: 'new', scopes: ['read'] }, headers: keyed('a') };
    const created = await api.call('POST', '/api/v1/keys', key);
    const { rows } = await api.pool.query('select * from idempotency_keys');
    expect(rows).toHaveLength(2);
    const text = JSON.stringify(rows);
    expect(text).not.toContain('secret-1');
    expect(created.json).toMatchObject({ key: expect.stringMatching(/^bfy_/) });
    expect(text).not.toContain('bfy_');
    const again = await api.call('POST', '/api/v1/keys', key);
    expect(again).toMatchObject({ status: 409, json: { code: 'SECRET_SHOWN' } });
    await api.pool.query(`delete from api_keys where name = 'new'`);
  });

  test('a key is free after a day, and the tick removes it', async () => {
    await post('a');
    const prune = makePruneIdempotencyKeys(api);
    await api.clock.advanceBy(KEY_KEPT_MS - 1);
    expect(await prune(api.clock.now())).toBe(0);
    expect((await post('a')).headers['idempotency-replayed']).toBe('true');
    await api.clock.advanceBy(1);
    expect((await post('a', { ...job, schedule: '@daily' })).status).toBe(201);
    expect(await count('jobs')).toBe(2);
    await api.clock.advanceBy(KEY_KEPT_MS);
    expect(await prune(api.clock.now())).toBe(1);
    expect(await count('idempotency_keys')).toBe(0);
  });
});

describe('a function that dies during a POST with an Idempotency-Key', () => {
  test('after the commit, the repeated request gets the answer, and there is one job', async () => {
    const pool = dyingAtCommit(api.pool, 'after');
    const lost = await api.callThrough(pool)('POST', '/api/v1/jobs', { json: job, headers: keyed('a') });
    expect([lost.status, pool.isDead()]).toEqual([500, true]);
    const again = await post('a');
    expect(again).toMatchObject({ status: 201, json: { schedule: '@hourly' } });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await api.call('GET', again.headers['location'] ?? '')).text).toBe(again.text);
    expect(await count('jobs')).toBe(1);
  });

  test('before the commit, the repeated request waits for the end of the claim, and makes the job', async () => {
    const pool = dyingAtCommit(api.pool, 'before');
    await api.callThrough(pool)('POST', '/api/v1/jobs', { json: job, headers: keyed('a') });
    expect(await post('a')).toMatchObject({ status: 409, json: { code: 'REQUEST_UNDER_WAY' } });
    expect(await count('jobs')).toBe(0);
    await api.clock.advanceBy(30_000);
    expect((await post('a')).status).toBe(201);
    expect(await count('jobs')).toBe(1);
  });

  test('a function that continues after its claim was taken over changes nothing', async () => {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const slow = api.callThrough({
      ...api.pool,
      connect: async () => {
        reached.resolve();
        await released.promise;
        return api.pool.connect();
      },
    });
    const late = slow('POST', '/api/v1/jobs', { json: job, headers: keyed('a') });
    await reached.promise;
    await api.clock.advanceBy(30_000);
    const taken = await post('a');
    released.resolve();
    expect(await late).toMatchObject({ status: 409, json: { code: 'REQUEST_UNDER_WAY' } });
    expect((await post('a')).text).toBe(taken.text);
    expect(await count('jobs')).toBe(1);
  });
});
