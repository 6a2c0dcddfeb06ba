import { beforeEach, describe, expect, test } from 'vitest';
import { listFailingJobs } from '../../../lib/app/list-failing-jobs.ts';
import { failingLimits } from '../../../lib/domain/failing-jobs.ts';
import type { JobDescription } from '../../../lib/domain/job.ts';
import { after, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from '../db/fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const PAST = after(-3_600_000);

/** Writes executions of a job that end, as a worker does, a second apart. */
async function end(jobId: number, ...statuses: string[]): Promise<void> {
  for (const [place, status] of statuses.entries()) {
    const [execution] = await dispatch(jobId, after(place * 1_000, PAST));
    await pool.query('update job_executions set status = $2 where id = $1', [execution!.id, status]);
  }
}

/** Creates a job that has failed so often in a row. */
async function failing(count: number, fields: Partial<JobDescription> = {}): Promise<number> {
  const { id } = await storeJob({ nextExecutionTime: after(60_000), ...fields });
  await end(id, 'SUCCESS', ...Array<string>(count).fill('FAILED'));
  return id;
}

/** Pauses or resumes a job. Only an active job has a schedule. */
async function setActive(id: number, isActive: boolean): Promise<void> {
  await pool.query('update jobs set is_active = $2 where id = $1', [id, isActive]);
  await pool.query('delete from job_schedules where job_id = $1', [id]);
  if (isActive) {
    await pool.query(
      'insert into job_schedules (job_id, next_execution_time, created_at) values ($1, $2, $2)',
      [id, after(60_000)],
    );
  }
}
async function remove(id: number): Promise<void> {
  await pool.query('update jobs set deleted_at = $2, is_active = false where id = $1', [id, NOON]);
  await pool.query('delete from job_schedules where job_id = $1', [id]);
}
/** Pauses a job as the rule does: the mark is taken before the job is changed. */
async function pauseByRule(id: number): Promise<void> {
  await pool.query('update failing_jobs set paused_at = $2 where job_id = $1', [id, NOON]);
  await setActive(id, false);
}

async function list(limit = 10, maxBytes = 1_000_000) {
  const { items, ...numbers } = await listFailingJobs(pool, { limit, maxBytes }, NOON);
  return { jobs: items.map(({ id, failuresInARow }) => [id, failuresInARow]), ...numbers };
}
const idsOf = ({ jobs }: Awaited<ReturnType<typeof list>>) => jobs.map(([id]) => id);

const exactly = (count: number) => ({ count, isCapped: false });

describe('the list of failing jobs', () => {
  test('it is empty where no job fails', async () => {
    const { id } = await storeJob();
    await end(id, 'FAILED', 'SUCCESS');
    await pool.query('delete from failing_jobs');
    expect(await list()).toEqual({ jobs: [], total: exactly(0), pausedByFailures: exactly(0) });
  });

  test('the most failures in a row come first, then the lower id, up to the limit', async () => {
    const [two, five, three, alsoFive] = [
      await failing(2),
      await failing(5),
      await failing(3),
      await failing(5),
    ];
    const all = [
      [five, 5],
      [alsoFive, 5],
      [three, 3],
      [two, 2],
    ];
    expect(await list()).toEqual({ jobs: all, total: exactly(4), pausedByFailures: exactly(0) });
    expect(await list(3)).toMatchObject({ jobs: all.slice(0, 3), total: exactly(4) });
    expect(await list(1)).toMatchObject({ jobs: all.slice(0, 1), total: exactly(4) });
  });

  test('a page that would have too many bytes ends early, and its total stays', async () => {
    const name = 'x'.repeat(200);
    await failing(2, { name });
    const worst = await failing(3, { name });
    expect(await list(10, 600)).toMatchObject({ jobs: [[worst, 3]], total: exactly(2) });
  });

  // It still has its row.
  test('a job that has succeeded since the last tick is left out, and makes room for another one', async () => {
    const recovered = await storeJob({ nextExecutionTime: after(60_000) });
    await end(recovered.id, 'FAILED', 'FAILED', 'FAILED', 'SUCCESS');
    const [two, one] = [await failing(2), await failing(1)];
    expect(await list()).toMatchObject({
      jobs: [
        [two, 2],
        [one, 1],
      ],
      total: exactly(2),
    });
    expect(await list(1)).toMatchObject({ jobs: [[two, 2]], total: exactly(2) });
  });

  test('a job that recovers after the page is full stays in the total until a tick', async () => {
    const worst = await failing(3);
    const { id } = await storeJob({ nextExecutionTime: after(60_000) });
    await end(id, 'FAILED', 'SUCCESS');
    expect(await list(1)).toMatchObject({ jobs: [[worst, 3]], total: exactly(2) });
    expect(await list(2)).toMatchObject({ jobs: [[worst, 3]], total: exactly(1) });
  });

  test('jobs that a person has paused, finished jobs and deleted jobs are passed over', async () => {
    const [paused, finished, deleted, active] = [
      await failing(4),
      await failing(3),
      await failing(2),
      await failing(1),
    ];
    await setActive(paused, false);
    await pool.query('delete from job_schedules where job_id = $1', [finished]);
    await remove(deleted);
    expect(await list()).toEqual({ jobs: [[active, 1]], total: exactly(1), pausedByFailures: exactly(0) });
    await setActive(paused, true);
    expect(idsOf(await list())).toEqual([paused, active]);
  });
});

describe('the jobs that Belfry paused for their failures', () => {
  const paused = async () => (await list()).pausedByFailures;

  test('a job counts from the pause until it is resumed', async () => {
    const id = await failing(2);
    await failing(1);
    await pauseByRule(id);
    expect(await list()).toMatchObject({ total: exactly(1), pausedByFailures: exactly(1) });
    await setActive(id, true);
    expect(await list()).toMatchObject({ total: exactly(2), pausedByFailures: exactly(0) });
    await setActive(id, false);
    expect(await list()).toMatchObject({ total: exactly(1), pausedByFailures: exactly(0) });
  });

  test('a success by hand does not end it, and a deletion does', async () => {
    const [id, other] = [await failing(2), await failing(2)];
    await pauseByRule(id);
    await pauseByRule(other);
    // As the tick does that finds the success.
    await pool.query('delete from failing_jobs');
    expect(await paused()).toEqual(exactly(2));
    await setActive(id, true);
    expect(await paused()).toEqual(exactly(1));
    await remove(other);
    expect(await paused()).toEqual(exactly(0));
  });
});

describe('the bounds of the counts', () => {
  const most = failingLimits.counted;

  /** Stores jobs with failures in a row, without the executions. */
  const storeMany = (count: number, isActive: boolean) =>
    pool.query(
      `with new_jobs as (
         insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                           is_active, created_at, updated_at)
         select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000, $2, $3, $3
           from generate_series(1, $1::integer)
         returning id
       ), schedules as (
         insert into job_schedules (job_id, next_execution_time, created_at) select id, $3, $3 from new_jobs where $2
       )
       insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
       select id, 5, $3, $3 from new_jobs`,
      [count, isActive, NOON],
    );

  test('failing jobs are counted up to the bound', async () => {
    await storeMany(most, true);
    expect((await list()).total).toEqual(exactly(most));
    const worst = await failing(6);
    const capped = await list(2);
    expect(capped.total).toEqual({ count: most, isCapped: true });
    expect(capped.jobs[0]).toEqual([worst, 6]);
  });

  test('paused jobs that fill the bound make the total capped, and hide no job that fails more often', async () => {
    await storeMany(most + 1, false);
    const less = await failing(1);
    expect(await list()).toMatchObject({ jobs: [], total: { count: 0, isCapped: true } });
    const more = await failing(6);
    expect(await list()).toMatchObject({ jobs: [[more, 6]], total: { count: 1, isCapped: true } });
    await pool.query(
      `update failing_jobs set paused_at = $1 where job_id in (select id from jobs where not is_active)`,
      [NOON],
    );
    expect(await list()).toEqual({
      jobs: [
        [more, 6],
        [less, 1],
      ],
      total: exactly(2),
      pausedByFailures: { count: most, isCapped: true },
    });
  });
});
