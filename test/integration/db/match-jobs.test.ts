import { beforeAll, describe, expect, test } from 'vitest';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { type JobsByNextTime, listJobsByNextTime } from '../../../lib/db/jobs-by-next-time.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { ListedJob } from '../../../lib/domain/job.ts';
import { type JobFilter, jobOutcomes, jobStates } from '../../../lib/domain/job-filter.ts';
import { after, ascending, dispatch, emptyTables, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

async function readAll(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let afterId: number | null = 0; afterId !== null;) {
    const page = await listMatchingJobIds(pool, filter, { afterId, limit }, NOON);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    ids.push(...page.ids);
    afterId = page.lastId;
  }
  return ids;
}

async function readNewest(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let afterId: number | null = Number.MAX_SAFE_INTEGER; afterId !== null;) {
    const page = await listMatchingJobIds(pool, filter, { afterId, limit, isNewestFirst: true }, NOON);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    ids.push(...page.ids);
    afterId = page.lastId;
  }
  return ids;
}

async function readByNextTime(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let after: JobsByNextTime['last'] | undefined; after !== null;) {
    const page: JobsByNextTime = await listJobsByNextTime(pool, filter, { after, limit }, NOON);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ id }) => id));
    after = page.last;
  }
  return ids;
}

/** Checks the ids of jobs in the order of their next times. Jobs at the same time have no order of their own. */
function expectByNextTime(ids: readonly number[], expected: readonly ListedJob[], filter: JobFilter): void {
  const timeOf = new Map(expected.map(({ id, nextExecutionTime }) => [id, nextExecutionTime?.getTime()]));
  const wanted = expected.filter(({ nextExecutionTime }) => nextExecutionTime !== null).map(({ id }) => id);
  expect(ascending(ids), JSON.stringify(filter)).toEqual(ascending(wanted));
  const times = ids.map((id) => timeOf.get(id) ?? 0);
  expect(times, JSON.stringify(filter)).toEqual(ascending(times));
}

/** Whether one job matches. */
const matches = (job: ListedJob, filter: JobFilter): boolean => {
  const { text = '', keyPrefix, tag, group, owner, host, state, nextBefore, lastOutcome } = filter;
  const { schedule, timeZone } = filter;
  const next = job.nextExecutionTime;
  const stateNow = !job.isActive ? 'PAUSED' : next === null ? 'FINISHED' : 'ACTIVE';
  return [
    `${job.name}\n${job.description}\n${job.key}\n${job.api}`.toLowerCase().includes(text.toLowerCase()),
    keyPrefix === undefined || job.key?.startsWith(keyPrefix) === true,
    tag === undefined || job.tags.includes(tag),
    group === undefined || job.group === group,
    owner === undefined || job.owner === owner,
    host === undefined || new URL(job.api).hostname === host,
    schedule === undefined || job.schedule === schedule,
    timeZone === undefined || job.timeZone === timeZone,
    state === undefined ||
      state.split(',').includes(stateNow) ||
      (job.pausedByFailuresAt !== null && state.split(',').includes('PAUSED_BY_FAILURES')),
    lastOutcome === undefined || outcomes.get(job.id) === lastOutcome,
    nextBefore === undefined || (next !== null && next < nextBefore),
  ].every(Boolean);
};

/** The values of each condition, one list for each. */
const singles: JobFilter[][] = [
  ['nightly', 'RePort', '100%', 'a_b', 'no such text', 'blue.example', 'orders/7'].map((text) => ({ text })),
  ['team/', 'team/7', 'x'].map((keyPrefix) => ({ keyPrefix })),
  ['even', 'seven', 'none'].map((tag) => ({ tag })),
  ['billing', 'none'].map((group) => ({ group })),
  ['stack:a', 'stack:b'].map((owner) => ({ owner })),
  ['blue.example', 'red.example'].map((host) => ({ host })),
  ['@daily', '0 0 * * *', '0 0 * *'].map((schedule) => ({ schedule })),
  ['UTC', 'Europe/Berlin', 'utc'].map((timeZone) => ({ timeZone })),
  [
    ...jobStates,
    'ACTIVE,PAUSED',
    'FINISHED,PAUSED',
    'ACTIVE,PAUSED,FINISHED',
    'PAUSED,PAUSED_BY_FAILURES',
    'PAUSED_BY_FAILURES,PAUSED_BY_FAILURES',
    'PAUSED_BY_FAILURES,ACTIVE',
    'FINISHED,PAUSED_BY_FAILURES',
  ].map((state) => ({ state })),
  jobOutcomes.map((lastOutcome) => ({ lastOutcome })),
  [5_000, 60_000, 3_600_000].map((ms) => ({ nextBefore: after(ms) })),
];
const pairs = singles.flatMap((these, index) =>
  singles.slice(index + 1).flatMap((those) => these.flatMap((a) => those.map((b) => ({ ...a, ...b })))),
);

let jobs: ListedJob[];
const outcomes = new Map<number, string>();

/** Writes executions that end, as a worker does, in the order of their statuses. */
async function end(jobId: number, ...statuses: string[]): Promise<void> {
  for (const [place, status] of statuses.entries()) {
    const [execution] = await dispatch(jobId, after(-3_600_000 + place * 60_000));
    await pool.query('update job_executions set status = $2 where id = $1', [execution!.id, status]);
  }
  outcomes.set(jobId, statuses.at(-1)!);
}

const urls = [
  'https://red.example:8443/',
  'https://RED.example/orders',
  'https://red.example',
  'https://red.example?next=https://blue.example/',
  'https://red.example.org/https://red.example/',
  'http://red.example/',
  ...Array<undefined>(5),
];

beforeAll(async () => {
  await emptyTables();
  for (let place = 0; place < 60; place += 1) {
    const job = await storeJob({
      key: place % 3 === 0 ? `team/${place}` : null,
      name: place % 4 === 0 ? `Nightly report ${place}` : null,
      description: ['100% of it', 'a_b', 'axb', null][place % 4] ?? null,
      tags: [...(place % 2 === 0 ? ['even'] : []), ...(place % 7 === 0 ? ['seven'] : [])],
      group: place % 5 === 0 ? 'billing' : null,
      owner: place < 40 ? 'stack:a' : 'stack:b',
      api: urls[place % urls.length] ?? `http://BLUE.example/orders/${place}?q=Report`,
      schedule: place % 2 === 0 ? '@daily' : '0 0 * * *',
      timeZone: place % 3 === 1 ? 'Europe/Berlin' : 'UTC',
      isActive: place % 8 !== 1,
      nextExecutionTime: place % 8 < 3 ? null : after(place * 1_000 * (place % 11)),
    });
    if (place % 8 === 2 && place > 20) await dispatch(job.id, after(place * 100));
    if (place % 9 === 0) await dispatch(job.id, after(-1_000));
  }
  const [a, b, c, d] = (await listJobs(pool, { limit: 4, offset: 10, maxBytes: 2_000_000 }, NOON)).items;
  await end(a!.id, 'SUCCESS', 'FAILED');
  await end(b!.id, 'FAILED', 'SUCCESS');
  await end(c!.id, 'FAILED');
  await end(d!.id, 'FAILED', 'FAILED', 'SUCCESS', 'FAILED');
  const paused = (await listJobs(pool, { limit: 60, offset: 0, maxBytes: 2_000_000 }, NOON)).items.filter(
    ({ isActive }) => !isActive,
  );
  await end(paused[1]!.id, 'FAILED');
  await end(paused[2]!.id, 'FAILED', 'SUCCESS');
  await end(paused[3]!.id, 'FAILED');
  // Belfry paused two of them, of which one has succeeded since, and a person the third.
  const byBelfry = paused.slice(1, 3).map(({ id }) => id);
  await pool.query('update failing_jobs set paused_at = $2 where job_id = any($1)', [byBelfry, NOON]);
  await pool.query('delete from failing_jobs where job_id = $1', [byBelfry[1]]);
  const deleted = await storeJob({ tags: ['even'], owner: 'stack:b', group: 'billing' });
  await pool.query('update jobs set deleted_at = $2 where id = $1', [deleted.id, NOON]);
  jobs = (await listJobs(pool, { limit: 100, offset: 0, maxBytes: 2_000_000 }, NOON)).items;
});

describe('the jobs that match a filter', () => {
  test.each(singles.flat())(
    'the jobs that match %j are listed by pages, in the order of their ids',
    async (filter) => {
      const expected = jobs.filter((job) => matches(job, filter)).map(({ id }) => id);
      expect(await readAll(filter, 7)).toEqual(expected);
      expect(await countMatchingJobs(pool, filter, NOON)).toEqual({
        count: expected.length,
        isCapped: false,
      });
    },
  );

  test.each([{}, ...singles.flat()])(
    'the jobs that match %j are listed from the newest on, and by their next times',
    async (filter) => {
      const expected = jobs.filter((job) => matches(job, filter));
      expect(await readNewest(filter, 7)).toEqual(expected.map(({ id }) => id).toReversed());
      expectByNextTime(await readByNextTime(filter, 7), expected, filter);
    },
  );

  test('the jobs that match each pair of conditions are listed', async () => {
    for (const filter of pairs) {
      const expected = jobs.filter((job) => matches(job, filter)).map(({ id }) => id);
      expect(await readAll(filter, 50), JSON.stringify(filter)).toEqual(expected);
    }
  });

  test('the jobs that match each pair of conditions are listed in each order', async () => {
    for (const filter of pairs) {
      const expected = jobs.filter((job) => matches(job, filter));
      expect(await readNewest(filter, 50), JSON.stringify(filter)).toEqual(
        expected.map(({ id }) => id).toReversed(),
      );
      expectByNextTime(await readByNextTime(filter, 50), expected, filter);
    }
  });

  test('a list of jobs can end at a job', async () => {
    const maxId = jobs[10]!.id;
    const filters: JobFilter[] = [{ tag: 'even' }, { keyPrefix: 'team/' }, { state: 'PAUSED' }, {}];
    for (const filter of filters) {
      const { ids, lastId } = await listMatchingJobIds(pool, filter, { afterId: 0, maxId, limit: 50 }, NOON);
      const expected = jobs.filter((job) => job.id <= maxId && matches(job, filter)).map(({ id }) => id);
      expect({ ids, lastId }).toEqual({ ids: expected, lastId: null });
    }
  });
});

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
