import { beforeAll, describe, expect, test } from 'vitest';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import { emptyTables, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';
import { readAll, readByNextTime, readNewest } from './match-jobs-fixture.ts';

await useOwnDatabase();

describe('the jobs that match a filter among many', () => {
  beforeAll(async () => {
    await emptyTables();
    await pool.query(
      `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                         is_active, created_at, updated_at, name, key, job_group, owner, tags)
       select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
              true, $1, $1, case when n % 5000 = 0 then 'needle' when n % 2 = 0 then 'straw' end,
              'k' || n, case when n <= 6000 then 'first' end, case when n > 5000 then 'second' end,
              case when n = 8999 then '["one"]'::jsonb else '["all"]' end
         from generate_series(1, 9000) n`,
      [NOON],
    );
  });

  const countOf = async (filter: JobFilter, limit = 3_000) => (await readAll(filter, limit)).length;

  test('a rare text is found on the first page', async () => {
    const page = await listMatchingJobIds(pool, { text: 'EEDLE' }, { afterId: 0, limit: 5 }, NOON);
    expect(page).toEqual({ ids: [expect.any(Number)], lastId: null });
  });

  test('all jobs are found when many match', async () => {
    expect(await countOf({ text: 'straw' })).toBe(4_499);
    expect(await countOf({ keyPrefix: 'k' })).toBe(9_000);
    expect(await countOf({ keyPrefix: 'k', text: 'straw', owner: 'second' })).toBe(2_000);
    expect(await countOf({ group: 'first', owner: 'second' })).toBe(1_000);
    expect(await countOf({ group: 'first', owner: 'second', tag: 'one' })).toBe(0);
    expect(await countOf({ tag: 'one', keyPrefix: 'k' })).toBe(1);
    expect(await countOf({ host: '127.0.0.1', state: 'FINISHED' })).toBe(9_000);
  });

  test('all jobs are found in each order when many match', async () => {
    await pool.query(
      `insert into job_schedules (job_id, next_execution_time, created_at)
       select id, $1::timestamptz + (id % 7) * interval '1 minute', $1 from jobs where id % 3 <> 0`,
      [NOON],
    );
    const all = await readAll({}, 3_000);
    const newest = await readNewest({ text: 'straw' }, 3_000);
    expect(newest).toEqual((await readAll({ text: 'straw' }, 3_000)).toReversed());
    expect(await readNewest({ state: 'ACTIVE,PAUSED' }, 700)).toHaveLength(6_000);
    expect(await readNewest({ group: 'first', owner: 'second' }, 700)).toHaveLength(1_000);
    expect(all).toHaveLength(9_000);
    for (const filter of [{}, { text: 'straw' }, { text: 'needle' }, { group: 'first' }, { tag: 'one' }]) {
      const expected = new Set(await readAll({ ...filter, state: 'ACTIVE' }, 3_000));
      const ids = await readByNextTime(filter, 700);
      expect(ids).toHaveLength(expected.size);
      expect(new Set(ids)).toEqual(expected);
    }
    await pool.query('delete from job_schedules');
  });

  test('a count of many jobs is capped', async () => {
    expect(await countMatchingJobs(pool, { tag: 'all' }, NOON, { cap: 100 })).toEqual({
      count: 100,
      isCapped: true,
    });
    expect(await countMatchingJobs(pool, { tag: 'all' }, NOON)).toEqual({ count: 8_999, isCapped: false });
  });

  test('a count ends early where it has read many jobs of which few match, and says so', async () => {
    const rare: JobFilter = { group: 'first', owner: 'second' };
    const whole = { count: 1_000, isCapped: false };
    expect(await countMatchingJobs(pool, rare, NOON, { reads: 10_000 })).toEqual(whole);
    expect(await countMatchingJobs(pool, rare, NOON, { reads: 3_000 })).toMatchObject({ isCapped: true });
    const done: JobFilter = { lastOutcome: 'SUCCESS' };
    expect(await countMatchingJobs(pool, done, NOON)).toEqual({ count: 0, isCapped: true });
    expect(await countMatchingJobs(pool, done, NOON, { reads: 10_000 })).toEqual({
      count: 0,
      isCapped: false,
    });
  });

  test('a count of failing jobs ends at fewer jobs, and says so', async () => {
    const fail = (count: number) =>
      pool.query(
        `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
         select id, 1, $1, $1 from jobs order by id limit $2 on conflict do nothing`,
        [NOON, count],
      );
    const failing: JobFilter = { lastOutcome: 'FAILED', state: 'FINISHED' };
    await fail(200);
    expect(await countMatchingJobs(pool, failing, NOON)).toEqual({ count: 200, isCapped: false });
    await fail(201);
    expect(await countMatchingJobs(pool, failing, NOON)).toEqual({ count: 200, isCapped: true });
    expect(await countMatchingJobs(pool, failing, NOON, { cap: 500 })).toEqual({
      count: 201,
      isCapped: false,
    });
    await pool.query('delete from failing_jobs');
  });

  test('a page of paused jobs passes over no active jobs, in whichever way the states are given', async () => {
    await pool.query(
      'insert into job_schedules (job_id, next_execution_time, created_at) select id, $1, $1 from jobs',
      [NOON],
    );
    const { id } = await storeJob({ isActive: false });
    await pool.query('insert into paused_by_failures (job_id, paused_at) values ($1, $2)', [id, NOON]);
    for (const state of [
      'PAUSED',
      'PAUSED,PAUSED',
      'PAUSED,PAUSED_BY_FAILURES',
      'PAUSED_BY_FAILURES,PAUSED',
      'PAUSED_BY_FAILURES,PAUSED_BY_FAILURES',
    ]) {
      const page = await listMatchingJobIds(pool, { state }, { afterId: 0, limit: 5 }, NOON);
      expect({ state, ...page }).toEqual({ state, ids: [id], lastId: null });
      expect(await countMatchingJobs(pool, { state }, NOON)).toEqual({ count: 1, isCapped: false });
    }
    await pool.query('delete from job_schedules');
    await pool.query('delete from paused_by_failures');
    await pool.query('delete from jobs where id = $1', [id]);
  });

  test('a page whose work is bounded may be empty, and leads to the next one', async () => {
    const page = await listMatchingJobIds(
      pool,
      { state: 'PAUSED', keyPrefix: 'k' },
      { afterId: 0, limit: 5 },
      NOON,
    );
    expect(page).toEqual({ ids: [], lastId: null });
    const filter: JobFilter = { host: '127.0.0.1', state: 'ACTIVE' };
    const active = await listMatchingJobIds(pool, filter, { afterId: 0, limit: 5 }, NOON);
    expect(active.ids).toEqual([]);
    expect(active.lastId).toEqual(expect.any(Number));
  });
});
