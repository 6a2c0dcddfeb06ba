import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findJob } from '../../../lib/db/jobs.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { HIDDEN } from '../../../lib/domain/secret-headers.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';
import { makeTestDataKeys } from '../../support/key-rings.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { compose } from '../../support/belfry.ts';

let belfry: Belfry;
beforeAll(async () => {
  belfry = await createBelfry('2030-03-04T10:00:00.000Z');
});
afterAll(() => belfry.close());
beforeEach(() => belfry.pool.query('truncate job_executions, job_schedules, job_tags, declared_jobs, jobs'));

const read = async (id: number) => findJob(belfry.pool, id, belfry.clock.now());
const put = (fields: Partial<NewJob> = {}, options: Parameters<Belfry['putJob']>[2] = {}) =>
  belfry.putJob('reports/nightly', aJob({ schedule: '@daily', ...fields }), options);
const liveJobs = async () => {
  const { rows } = await belfry.pool.query<{ id: number; revision: number; version: number }>(
    'select id, revision, version from jobs where deleted_at is null order by id',
  );
  return rows;
};

describe('a PUT by key', () => {
  test('a PUT creates the job with the key', async () => {
    const { job, isNew } = await put();
    expect(isNew).toBe(true);
    expect(await read(job.id)).toMatchObject({ key: 'reports/nightly', schedule: '@daily', version: 1 });
  });

  test('a PUT replaces every field of the job that has the key', async () => {
    const first = await put({ name: 'a', headers: { 'X-Tag': 'a' }, maxRetryCount: 7 });
    const second = await put({ schedule: '@hourly' });
    expect(second).toMatchObject({ isNew: false, job: { id: first.job.id } });
    expect(await read(first.job.id)).toMatchObject({ name: null, headers: {}, maxRetryCount: 3 });
    expect(await liveJobs()).toEqual([{ id: first.job.id, revision: 2, version: 2 }]);
  });

  const secretJob = {
    body: '{"a":[1,2]}',
    tags: ['a', 'b'],
    headers: { Authorization: 'Bearer one', 'X-Own': 'two', 'X-Tag': 'three' },
    secretHeaders: ['X-Own'],
  };

  test('the same description again changes nothing, also with secret headers', async () => {
    const first = await put({ ...secretJob, schedule: '30 0 10 * * *' });
    const before = await belfry.pool.query('select * from jobs');
    const executions = await belfry.executions(first.job.id);
    await belfry.clock.advanceBy(1_000);
    const again = await put({ ...secretJob, schedule: '30 0 10 * * *' });
    const { secretHeaders: _, ...created } = { secretHeaders: [], ...first.job };
    expect(again.job).toEqual({ ...created, headers: (await read(first.job.id))?.headers });
    expect((await belfry.pool.query('select * from jobs')).rows).toEqual(before.rows);
    expect(await belfry.executions(first.job.id)).toEqual(executions);
  });

  test('headers in another order are the same description', async () => {
    await put({ headers: { 'X-A': 'a', 'X-B': 'b' } });
    await put({ headers: { 'X-B': 'b', 'X-A': 'a' } });
    expect(await liveJobs()).toMatchObject([{ revision: 1, version: 1 }]);
  });

  test.each<Partial<NewJob>>([
    { headers: { ...secretJob.headers, Authorization: 'Bearer other' } },
    { headers: { ...secretJob.headers, 'X-Own': 'other' } },
    { headers: { ...secretJob.headers, 'X-Tag': 'other' } },
    { headers: { Authorization: 'Bearer one', 'X-Own': 'two' } },
    { secretHeaders: ['X-Own', 'X-Tag'] },
    { secretHeaders: [] },
    { body: '{"a":[1]}' },
    { tags: ['a'] },
    { name: 'renamed' },
    { isActive: false },
  ])('a description that differs by %j is a change', async (fields) => {
    await put(secretJob);
    await put({ ...secretJob, ...fields });
    expect(await liveJobs()).toMatchObject([{ version: 2 }]);
  });

  test('a secret that is sent as its placeholder keeps its value', async () => {
    await put(secretJob);
    const headers = { ...secretJob.headers, Authorization: HIDDEN, 'X-Own': HIDDEN };
    await put({ ...secretJob, headers });
    expect(await liveJobs()).toMatchObject([{ version: 1 }]);
    await expect(belfry.putJob('new', aJob({ headers }))).rejects.toMatchObject({
      errors: expect.arrayContaining([{ field: 'headers.Authorization', message: expect.any(String) }]),
    });
  });

  test('many PUTs of one key at the same time make one job', async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => put(secretJob)));
    expect(new Set(replies.map(({ job }) => job.id)).size).toBe(1);
    expect(replies.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await liveJobs()).toMatchObject([{ version: 1 }]);
  });

  test('a PUT and a POST of one key at the same time make one job', async () => {
    const [, posted] = await Promise.allSettled([
      put(),
      belfry.createJob(aJob({ key: 'reports/nightly', schedule: '@daily' })),
    ]);
    expect(posted.status === 'fulfilled' || posted.reason.code === 'JOB_KEY_TAKEN').toBe(true);
    expect(await liveJobs()).toHaveLength(1);
  });

  test('a PUT after a deletion creates a new job', async () => {
    const first = await put();
    await belfry.deleteJob(first.job.id);
    expect((await put()).job.id).not.toBe(first.job.id);
    expect(await liveJobs()).toHaveLength(1);
  });

  test('a one-time job whose instant has passed can be put again, also after its deletion', async () => {
    const once = { schedule: '2030-03-04T10:00:30.000Z', isRecurring: false };
    const first = await put(once);
    await belfry.clock.advanceBy(3_600_000);
    expect(await put(once)).toMatchObject({ isNew: false, job: { version: 1 } });
    await belfry.deleteJob(first.job.id);
    expect(await put(once)).toMatchObject({ isNew: true, job: { nextExecutionTime: null } });
    await expect(belfry.putJob('new', aJob(once))).rejects.toMatchObject({ code: 'INVALID_SCHEDULE' });
  });

  test('a PUT that brings a secret fails while the keys are unavailable, and one without secrets does not', async () => {
    await put(secretJob);
    const dataKeys = {
      ...makeTestDataKeys(),
      get: () => Promise.reject(new UnavailableError('Secrets Manager')),
    };
    const { putJob } = compose({ ...belfry.parts, dataKeys });
    await expect(putJob('reports/nightly', aJob(secretJob))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await putJob('plain', aJob())).toMatchObject({ isNew: true });
    expect(await putJob('plain', aJob())).toMatchObject({ isNew: false, job: { version: 1 } });
  });
});

describe('a precondition', () => {
  test('If-None-Match only creates a job, and does not replace one', async () => {
    expect(await put({}, { ifNoneMatch: '*' })).toMatchObject({ isNew: true });
    await expect(put({ name: 'b' }, { ifNoneMatch: '*' })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringContaining('has the key "reports/nightly"'),
    });
    expect(await liveJobs()).toMatchObject([{ version: 1 }]);
  });

  test.each<'*' | number[]>(['*', [1]])('If-Match %j replaces the job, and creates none', async (ifMatch) => {
    await expect(put({}, { ifMatch })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await put();
    await put({ name: 'b' }, { ifMatch });
    expect(await liveJobs()).toMatchObject([{ version: 2 }]);
  });

  const changes = [{ name: 'b' }, { maxRetryCount: 1 }, { isActive: false }];
  test.each(changes)('a change to %j with an outdated version is refused', async (change) => {
    const { id } = await belfry.createJob(aJob({ name: 'a' }));
    await belfry.changeJob(id, { name: 'other' }, { ifMatch: [1] });
    await expect(belfry.changeJob(id, change, { ifMatch: [1] })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringContaining('the ETag "r2"'),
    });
    expect(await belfry.changeJob(id, change, { ifMatch: [1, 2] })).toMatchObject({ version: 3 });
    expect(await belfry.changeJob(id, { name: 'c' }, { ifMatch: '*' })).toMatchObject({ version: 4 });
  });

  test('a deletion with an outdated version is refused', async () => {
    const { id } = await belfry.createJob(aJob());
    await belfry.changeJob(id, { name: 'other' });
    await expect(belfry.deleteJob(id, { ifMatch: [1] })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    });
    await belfry.deleteJob(id, { ifMatch: [2] });
    expect(await liveJobs()).toEqual([]);
  });

  test('several changes with one version at the same time make one change', async () => {
    const { id } = await belfry.createJob(aJob());
    const ends = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) => belfry.changeJob(id, { name: `name ${n}` }, { ifMatch: [1] })),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await read(id)).toMatchObject({ version: 2 });
  });
});
