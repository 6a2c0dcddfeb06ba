import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findJob } from '../../../lib/db/jobs.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2030-03-04T10:00:00.000Z');
});
afterEach(() => belfry.close());

const read = async (id: number) => findJob(belfry.pool, id, belfry.clock.now());
const countJobs = async () => {
  const { rows } = await belfry.pool.query<{ count: number }>('select count(*) as count from jobs');
  return rows[0]?.count;
};

describe('the key of a job', () => {
  test('a job keeps its key, group and owner', async () => {
    const labels = { key: 'reports/nightly', group: 'reports', owner: 'team-a' };
    const { id } = await belfry.createJob(aJob(labels));
    expect(await read(id)).toMatchObject({ ...labels, version: 1 });
  });

  test('a new job cannot have the key of another live job, and the error names that job', async () => {
    const { id } = await belfry.createJob(aJob({ key: 'nightly' }));
    await expect(belfry.createJob(aJob({ key: 'nightly' }))).rejects.toMatchObject({
      code: 'JOB_KEY_TAKEN',
      jobId: id,
      errors: [{ field: 'key', message: expect.stringContaining(`"nightly" is the key of job ${id}`) }],
    });
    expect(await countJobs()).toBe(1);
  });

  test('two jobs that are created with one key at the same time become one job', async () => {
    const ends = await Promise.allSettled(
      Array.from({ length: 4 }, () => belfry.createJob(aJob({ key: 'nightly' }))),
    );
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await countJobs()).toBe(1);
  });

  test('a deleted job frees its key', async () => {
    const { id } = await belfry.createJob(aJob({ key: 'nightly' }));
    await belfry.deleteJob(id);
    expect(await belfry.createJob(aJob({ key: 'nightly' }))).toMatchObject({ key: 'nightly' });
  });

  test('keys differ by their case', async () => {
    await belfry.createJob(aJob({ key: 'nightly' }));
    expect(await belfry.createJob(aJob({ key: 'Nightly' }))).toMatchObject({ key: 'Nightly' });
  });

  test('a batch with taken keys stores no job, and the error names the place of each', async () => {
    const { id } = await belfry.createJob(aJob({ key: 'b' }));
    const batch = [aJob({ key: 'a' }), aJob({ key: 'b' }), aJob()];
    await expect(belfry.createJobs(batch)).rejects.toMatchObject({
      code: 'JOB_KEY_TAKEN',
      jobId: id,
      errors: [{ index: 1, field: 'key' }],
    });
    expect(await countJobs()).toBe(1);
  });

  test.each([{}, { maxRetryCount: 1 }])(
    'a change with %j cannot take the key of another job',
    async (more) => {
      const { id } = await belfry.createJob(aJob({ key: 'a' }));
      const other = await belfry.createJob(aJob({ key: 'b' }));
      await expect(belfry.changeJob(other.id, { key: 'a', ...more })).rejects.toMatchObject({
        code: 'JOB_KEY_TAKEN',
        jobId: id,
      });
      expect(await belfry.changeJob(other.id, { key: 'c', ...more })).toMatchObject({ key: 'c' });
      expect(await belfry.changeJob(other.id, { key: 'c', ...more })).toMatchObject({ key: 'c' });
    },
  );

  test('a change of key, group and owner makes no new revision', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '30 0 10 * * *' }));
    await belfry.changeJob(id, { key: 'a', group: 'b', owner: 'c' });
    const { rows } = await belfry.pool.query('select revision, version from jobs');
    expect(rows).toEqual([{ revision: 1, version: 2 }]);
    expect(await belfry.executions(id)).toMatchObject([{ status: 'SCHEDULED' }]);
  });
});

describe('the version of a job', () => {
  test('the version of a job counts every change, also two in one millisecond', async () => {
    const { id } = await belfry.createJob(aJob());
    expect(await belfry.changeJob(id, { name: 'a' })).toMatchObject({ version: 2 });
    expect(await belfry.changeJob(id, { maxRetryCount: 2 })).toMatchObject({ version: 3 });
    expect(await belfry.changeJob(id, { isActive: false })).toMatchObject({ version: 4 });
  });

  test('the version counts changes by code that does not know it', async () => {
    const { id } = await belfry.createJob(aJob());
    await belfry.pool.query('update jobs set name = $2, updated_at = updated_at where id = $1', [id, 'a']);
    expect(await read(id)).toMatchObject({ version: 2 });
  });

  test('a tick does not change the version', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '* * * * * *' }));
    await belfry.clock.advanceBy(240_000);
    await belfry.runTick(belfry.inMs(50_000));
    expect(await read(id)).toMatchObject({ version: 1 });
  });
});
