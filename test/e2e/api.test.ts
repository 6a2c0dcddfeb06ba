import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeApi } from '../../functions/compose/api.ts';
import { putApiKey } from '../../lib/db/api-keys.ts';
import { makeTestApi } from '../support/api-harness.ts';
import { createBelfry, type Belfry } from '../support/belfry.ts';
import { startTarget, type Target } from '../support/target.ts';

const START = '2030-03-04T10:00:00.000Z';
const KEY = 'end-to-end-key';

let belfry: Belfry;
let target: Target;
let call: ReturnType<typeof makeTestApi>['call'];

beforeAll(async () => {
  belfry = await createBelfry(START);
  target = await startTarget();
  const { pool, clock } = belfry;
  const keyHash = createHash('sha256').update(KEY).digest();
  await putApiKey(pool, { name: 'test', keyHash, scopes: ['read', 'write'] }, clock.now());
  const api = makeTestApi(composeApi(belfry.parts));
  call = (method, path, options) => api.call(method, path, { key: KEY, ...options });
});
afterAll(async () => {
  await target.close();
  await belfry.close();
});

const post = async (job: Record<string, unknown>) => {
  const reply = await call('POST', '/api/v1/jobs', { json: { api: `${target.url}/hook`, ...job } });
  expect(reply.status).toBe(201);
  return reply.json;
};
const countJobs = async () => (await call('GET', '/api/v1/jobs', { query: { count: 'true' } })).json.total;
/** Advances the clock and the workers to an instant. */
const runUntil = async (instant: string) => {
  await belfry.clock.advanceTo(instant);
  await belfry.runTick(belfry.inMs(50_000));
  await belfry.runWorker(belfry.inMs(180_000));
};

describe('the life of a job', () => {
  test('a job is posted, called when due, retried when it fails, and shown in its history', async () => {
    const job = await post({ name: 'nightly', schedule: '30 0 10 * * *', timeZone: 'UTC', maxRetryCount: 1 });
    expect(job).toMatchObject({
      name: 'nightly',
      type: 'AT_LEAST_ONCE',
      isRecurring: true,
      nextExecutionTime: '2030-03-04T10:00:30.000Z',
      createdAt: START,
    });
    expect((await call('GET', `/api/v1/jobs/${job.id}`)).json).toEqual(job);
    target.answerWith(500);
    await runUntil('2030-03-04T10:00:30Z');
    target.answerWith(200);
    await runUntil('2030-03-04T10:00:31Z');
    expect(target.requests).toHaveLength(2);
    const history = await call('GET', `/api/v1/jobs/${job.id}/history`);
    expect(history.json).toMatchObject({
      limit: 50,
      offset: 0,
      items: [{ jobId: job.id, status: 'SUCCESS', retryCount: 1, executionTime: '2030-03-04T10:00:30.000Z' }],
    });
    const failed = await call('GET', `/api/v1/jobs/${job.id}/history`, { query: { status: 'FAILED' } });
    expect(failed.json).toMatchObject({ items: [], nextCursor: null });
    expect((await call('GET', `/api/v1/jobs/${job.id}/schedule`)).json).toMatchObject({
      jobId: job.id,
      nextExecutionTime: '2030-03-05T10:00:30.000Z',
    });
    expect((await call('GET', '/queue/stats')).json.queue_stats).toMatchObject({ completed: 1, failed: 0 });
  });

  test('a job is changed, paused, resumed and deleted', async () => {
    const job = await post({ schedule: '@hourly' });
    const path = `/api/v1/jobs/${job.id}`;
    const paused = await call('PATCH', path, { json: { isActive: false, name: 'quiet' } });
    expect(paused.json).toMatchObject({ isActive: false, name: 'quiet', nextExecutionTime: null });
    const schedule = await call('GET', `${path}/schedule`);
    expect(schedule).toMatchObject({ status: 404, json: { code: 'SCHEDULE_NOT_FOUND' } });
    const resumed = await call('PATCH', path, { json: { isActive: true, schedule: '0 30 12 * * *' } });
    expect(resumed.json).toMatchObject({ nextExecutionTime: '2030-03-04T12:30:00.000Z' });
    expect((await call('DELETE', path)).status).toBe(204);
    expect(await call('GET', path)).toMatchObject({ status: 404, json: { code: 'JOB_NOT_FOUND' } });
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('PATCH', path, { json: { name: 'x' } })).status).toBe(404);
    expect((await call('GET', `${path}/history`)).status).toBe(200);
  });

  test('a job is found by its tags, even by tags that look like numbers', async () => {
    const nightly = await post({ schedule: '@hourly', tags: ['nightly', '007'] });
    const other = await post({ schedule: '@hourly' });
    const find = async (tag: string) =>
      (await call('GET', '/api/v1/jobs', { query: { tag, count: 'true' } })).json;
    expect(nightly.tags).toEqual(['nightly', '007']);
    expect(other.tags).toEqual([]);
    expect(await find('007')).toMatchObject({ items: [{ id: nightly.id }], total: 1 });
    expect(await find('7')).toMatchObject({ items: [], total: 0 });
    await call('PATCH', `/api/v1/jobs/${other.id}`, { json: { tags: ['nightly'] } });
    await call('DELETE', `/api/v1/jobs/${nightly.id}`);
    expect(await find('nightly')).toMatchObject({ items: [{ id: other.id, tags: ['nightly'] }], total: 1 });
    const wrong = await call('POST', '/api/v1/jobs', {
      json: { schedule: '@hourly', api: 'http://127.0.0.1/', tags: ['a', 'a'] },
    });
    expect(wrong).toMatchObject({ status: 400, json: { errors: [{ field: 'tags[1]' }] } });
  });

  test('a job shows its next time even after that time was dispatched ahead', async () => {
    const job = await post({ schedule: '2030-03-04T10:01:10Z' });
    const stored = (await call('GET', `/api/v1/jobs/${job.id}`)).json;
    expect(stored.nextExecutionTime).toBe('2030-03-04T10:01:10.000Z');
  });

  test('a job is shown as waiting while no worker runs', async () => {
    const age = async () => (await call('GET', '/queue/stats')).json.queue_stats.oldestDueAgeSeconds;
    await post({ schedule: '2030-03-04T10:02:00Z' });
    await runUntil('2030-03-04T10:01:30Z');
    expect(await age()).toBe(0);
    await belfry.clock.advanceTo('2030-03-04T10:02:02.500Z');
    expect(await age()).toBe(2.5);
    await belfry.runWorker(belfry.inMs(180_000));
    expect(await age()).toBe(0);
  });
});

test('failing jobs are listed and counted, Belfry pauses one, and an operation resumes it', async () => {
  const fails = { schedule: '@every 10s', maxRetryCount: 0, tags: ['fails'] };
  const [onwards, paused] = [await post(fails), await post({ ...fails, pauseAfterFailures: 2 })];
  const read = async () => (await call('GET', '/api/v1/jobs/failing', { query: { limit: '5' } })).json;
  const none = {
    items: [],
    total: 0,
    totalIsCapped: false,
    pausedByFailures: { count: 0, isCapped: false },
  };
  expect(await read()).toEqual(none);
  target.answerWith(500);
  for (let time = 1; time <= 3; time += 1) {
    await runUntil(new Date(belfry.clock.nowMs() + 10_000).toISOString());
    await belfry.runTick(belfry.inMs(50_000));
  }
  target.answerWith(200);
  const failing = await read();
  expect(failing).toMatchObject({
    items: [{ id: onwards.id, failuresInARow: 3, pausedByFailuresAt: null }],
    total: 1,
    pausedByFailures: { count: 1, isCapped: false },
  });
  const filter = { state: 'PAUSED_BY_FAILURES' };
  const found = await call('GET', '/api/v1/jobs', { query: { ...filter, count: 'true' } });
  expect(found.json).toMatchObject({
    items: [{ id: paused.id, isActive: false, failuresInARow: 2, pausedByFailuresAt: expect.any(String) }],
    total: 1,
  });
  const operation = await call('POST', '/api/v1/operations', { json: { action: 'resume', filter } });
  expect(operation).toMatchObject({ status: 202, json: { state: 'DONE', done: 1, filter } });
  expect(await read()).toMatchObject({
    items: [{ id: onwards.id }, { id: paused.id, failuresInARow: 2, pausedByFailuresAt: null }],
    total: 2,
    pausedByFailures: { count: 0 },
  });
  await runUntil(new Date(belfry.clock.nowMs() + 10_000).toISOString());
  expect(await read()).toEqual(none);
});

describe('a batch', () => {
  test('a batch creates all of its jobs, in order', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, n) => ({
      name: `n${n}`,
      schedule: '@daily',
      api: target.url,
    }));
    const before = await countJobs();
    const reply = await call('POST', '/api/v1/jobs/batch', { json: { jobs } });
    expect(reply.status).toBe(201);
    expect(reply.json.items.map((job: { name: string }) => job.name)).toEqual(jobs.map((job) => job.name));
    expect(await countJobs()).toBe(before + 1_000);
  });

  test('a batch with an invalid job stores nothing, and the response names each invalid job', async () => {
    const before = await countJobs();
    const sound = { schedule: '@daily', api: target.url };
    const jobs = [
      sound,
      { ...sound, schedule: '0 0 30 2 *' },
      sound,
      { ...sound, schedule: '2020-01-01T00:00:00Z' },
    ];
    const reply = await call('POST', '/api/v1/jobs/batch', { json: { jobs } });
    expect(reply).toMatchObject({ status: 400, json: { code: 'INVALID_SCHEDULE' } });
    expect(reply.json.errors.map((error: { index: number }) => error.index)).toEqual([1, 3]);
    expect(await countJobs()).toBe(before);
  });
});

describe('invalid input', () => {
  test.each([
    ['an instant in the past', { schedule: '2020-01-01T00:00:00Z' }, 'INVALID_SCHEDULE', 'schedule'],
    ['a cron without any time', { schedule: '0 0 30 2 *' }, 'INVALID_SCHEDULE', 'schedule'],
    ['an invalid cron', { schedule: 'every day' }, 'INVALID_SCHEDULE', 'schedule'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'INVALID_SCHEDULE', 'timeZone'],
    ['an unknown field', { retries: 3 }, 'VALIDATION_ERROR', 'retries'],
    ['a NUL', { name: 'a\u0000b' }, 'VALIDATION_ERROR', 'name'],
    ['a NUL deep inside', { body: { a: ['\u0000'] } }, 'VALIDATION_ERROR', 'body.a[0]'],
    ['a lone surrogate', { body: '\ud800' }, 'VALIDATION_ERROR', 'body'],
  ])(
    'the invalid field %s is named in the refusal, and nothing is stored',
    async (_, fields, code, field) => {
      const before = await countJobs();
      const json = { schedule: '@daily', api: target.url, ...fields };
      const reply = await call('POST', '/api/v1/jobs', { json });
      expect(reply).toMatchObject({ status: 400, json: { code } });
      expect(reply.json.errors[0].field).toBe(field);
      expect(await countJobs()).toBe(before);
    },
  );

  test('an invalid patch leaves the job as it was', async () => {
    const job = await post({ schedule: '@daily', method: 'GET' });
    const path = `/api/v1/jobs/${job.id}`;
    for (const json of [
      { body: 'x' },
      { type: 'AT_MOST_ONCE' },
      { schedule: '61 * * * *' },
      { isRecurring: 7 },
    ]) {
      expect((await call('PATCH', path, { json })).status).toBe(400);
    }
    expect((await call('GET', path)).json).toEqual(job);
  });

  test('every string that is accepted is stored unchanged', async () => {
    const body = { quote: `'"\\;--`, emoji: '🔔', nested: [1.5, null, true, { '': 'x' }] };
    const job = await post({ schedule: '@daily', name: `Ünï'";--\\`, body, headers: { 'X-A': 'b' } });
    const stored = (await call('GET', `/api/v1/jobs/${job.id}`)).json;
    expect(stored).toMatchObject({ name: `Ünï'";--\\`, body, headers: { 'X-A': 'b' } });
  });
});
