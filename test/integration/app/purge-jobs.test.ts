import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePurgeJobs } from '../../../lib/app/purge-jobs.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, createBelfry, RETENTION_DAYS } from '../../support/belfry.ts';

const START = '2030-03-02T12:00:00Z';
const inDays = (days: number) => new Date(Date.parse(START) + days * DAY_MS);

let belfry: Belfry;
let purge: (days: number, untilMs?: number) => Promise<number>;
beforeEach(async () => {
  belfry = await createBelfry(START);
  const step = makePurgeJobs({ ...belfry.parts, retentionDays: RETENTION_DAYS });
  purge = (days, untilMs = Infinity) => step(inDays(days), { untilMs });
});
afterEach(() => belfry.close());

const once = aJob({ schedule: '2030-03-02T12:00:30Z', isRecurring: false, tags: ['a'], key: 'a' });
const idsLeft = async () =>
  (await belfry.pool.query<{ id: number }>('select id from jobs order by id')).rows.map(({ id }) => id);
const dropHistory = (jobId: number) =>
  belfry.pool.query('delete from job_executions where job_id = $1', [jobId]);

test('a deleted job is removed when its history is gone, and a live job never is', async () => {
  const deleted = await belfry.createJob(once);
  await belfry.deleteJob(deleted.id);
  const live = await belfry.createJob(once);
  expect(await purge(RETENTION_DAYS + 1)).toBe(0);
  expect(await purge(RETENTION_DAYS + 3)).toBe(0);
  expect(await idsLeft()).toEqual([deleted.id, live.id]);
  await dropHistory(deleted.id);
  await dropHistory(live.id);
  // The next round is a day later.
  expect(await purge(RETENTION_DAYS + 3.5)).toBe(0);
  expect(await purge(RETENTION_DAYS + 4)).toBe(1);
  expect(await idsLeft()).toEqual([live.id]);
});

test('a job that must stay does not hide the jobs behind it', async () => {
  const jobs = await belfry.createJobs(Array.from({ length: 1_200 }, () => aJob({ schedule: '@hourly' })));
  await belfry.pool.query('update jobs set deleted_at = $1, is_active = false', [inDays(0)]);
  const kept = jobs.slice(0, 600).map(({ id }) => id);
  await belfry.pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select id, 1, 'SUCCESS', $2, $2, $2, $2 from unnest($1::bigint[]) id`,
    [kept, inDays(0)],
  );
  await belfry.pool.query('delete from job_schedules');
  // Without time, one page is looked at: a page of jobs that stay.
  expect(await purge(RETENTION_DAYS + 3, -Infinity)).toBe(0);
  expect(await purge(RETENTION_DAYS + 3)).toBe(600);
  expect(await idsLeft()).toEqual(kept);
});
