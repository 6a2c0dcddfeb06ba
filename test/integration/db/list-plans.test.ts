import { beforeAll, describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/app/list-executions.ts';
import { listAllUpcoming } from '../../../lib/app/list-upcoming.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { listJobsByNextTime } from '../../../lib/db/jobs-by-next-time.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { countFailingRepeatedly } from '../../../lib/db/failing-jobs.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import { findWorstFailing } from '../../../lib/db/worst-failing-jobs.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../../lib/domain/execution-filter.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import { explain, type Plan, planModes } from './explain.ts';
import { after, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const JOBS = 40_000;
const MIDNIGHT = after(-DAY_MS / 2);
const DAYS_OF_HISTORY = 30;

beforeAll(async () => {
  await ensurePartitions(pool, after(-DAYS_OF_HISTORY * DAY_MS), DAYS_OF_HISTORY + 3);
  await pool.query('alter table jobs disable trigger user');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at, tags, key, name, job_group, owner)
     select '@daily', 'UTC', 'http://host-' || n % 4 || '.example/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
            n % 400 <> 0, $2, $2, case when n % 2 = 0 then '["even"]'::jsonb else '["odd"]' end,
            'key-' || n, case when n % 10000 = 0 then 'needle' else 'straw' end, 'group-' || n % 3, 'owner-' || n % 3
       from generate_series(1, $1::integer) n`,
    [JOBS, NOON],
  );
  await pool.query(
    `insert into job_tags (tag, job_id) select tag, id from jobs, jsonb_array_elements_text(tags) tag`,
  );
  await pool.query('alter table jobs enable trigger user');
  await pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, $1::timestamptz + (id / 100) * interval '1 minute', $1 from jobs where is_active and id % 300 <> 1`,
    [NOON],
  );
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at, trigger)
     select 1 + place % $2, 1, case when place % 1000 = 0 then 'FAILED' else 'SUCCESS' end, at, at, at, at,
            case when place % 5000 = 0 then 'MANUAL' else 'SCHEDULE' end
       from generate_series(0, 2) day, generate_series(1, 40000) place,
            lateral (select $1::timestamptz - day * interval '1 day' - place * interval '2 s') t (at)`,
    [MIDNIGHT, JOBS],
  );
  await pool.query(
    `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
     select id, 2 + id % 20, $1, $1 from jobs where id % 20 < 5`,
    [after(-DAY_MS)],
  );
  await pool.query(
    `insert into paused_by_failures (job_id, paused_at) select id, $1 from jobs where id % 4 = 0`,
    [NOON],
  );
  await pool.query('vacuum analyze');
  // Today's partition has no statistics.
  await pool.query('alter table job_executions_p20260115 set (autovacuum_enabled = off)');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select place, 1, case when place <= 20000 then 'SUCCESS' when place <= 20100 then 'RETRYING' else 'SCHEDULED' end,
            at, at, at, at
       from generate_series(1, 30000) place,
            lateral (select $1::timestamptz + place * interval '2 s') t (at)`,
    [MIDNIGHT],
  );
});

/** A pool whose statements go to one connection, in the transaction that it is in. */
function asPool(tx: Queryable): Pool {
  const query: Queryable['query'] = async (statement, values) => {
    if (!/^(begin|commit)/.test(typeof statement === 'string' ? statement : statement.text))
      return tx.query(statement, values);
    return { ...(await tx.query('select')), rows: [], command: 'COMMIT' };
  };
  const connection = { query, release: () => {} };
  return { query: tx.query, connect: async () => connection, end: async () => {} };
}

const none: ExecutionFilter = {
  statuses: undefined,
  jobId: undefined,
  key: undefined,
  trigger: undefined,
  tag: undefined,
  group: undefined,
  host: undefined,
  since: undefined,
  until: undefined,
};
const middle: ExecutionPosition = { timeUs: after(-30 * 3_600_000).getTime() * 1_000, id: 1 };

/** Filters with the most rows that a statement may read: 200, and then 2,400 jobs or 2,000 executions with their jobs. */
const executionFilters: [Partial<ExecutionFilter>, number][] = [
  [{}, 600],
  [{ statuses: ['FAILED'] }, 600],
  [{ statuses: ['FAILED', 'CANCELLED'] }, 600],
  [{ statuses: ['RUNNING', 'RETRYING'] }, 1_000],
  [{ statuses: ['SUCCESS'] }, 2_000],
  [{ trigger: 'MANUAL' }, 2_000],
  [{ tag: 'even' }, 3_000],
  [{ group: 'group-1' }, 3_000],
  // 2,000 executions, and the job of each.
  [{ host: 'host-1.example' }, 4_100],
  [{ host: 'host-1.example', statuses: ['FAILED'] }, 3_000],
  [{ since: after(-2 * DAY_MS), until: after(-DAY_MS) }, 600],
  [{ until: after(-20 * 3_600_000) }, 600],
  [{ until: after(-20 * 3_600_000), statuses: ['FAILED'] }, 600],
  [{ until: after(-20 * 3_600_000), jobId: 7 }, 600],
];

const jobFilters: [JobFilter, number][] = [
  [{ tag: 'even' }, 1_500],
  [{ group: 'group-1' }, 1_500],
  [{ owner: 'owner-1' }, 1_500],
  [{ host: 'host-1.example' }, 1_500],
  [{ schedule: '@daily' }, 1_500],
  [{ schedule: '@daily', timeZone: 'UTC' }, 1_500],
  [{ schedule: '0 5 * * *' }, 1_500],
  [{ timeZone: 'Europe/Berlin' }, 10_000],
  // Without statistics, a plan reads all executions that wait: 8,400.
  [{ state: 'ACTIVE' }, 10_000],
  [{ state: 'PAUSED' }, 1_500],
  [{ state: 'PAUSED_BY_FAILURES' }, 1_500],
  [{ tag: 'even', state: 'PAUSED_BY_FAILURES' }, 10_000],
  // 1,000 failing jobs: each is read from the list, twice by its id there, from the jobs, and with a success.
  [{ lastOutcome: 'FAILED' }, 5_100],
  [{ lastOutcome: 'SUCCESS' }, 5_000],
  [{ state: 'FINISHED' }, 8_000],
  [{ state: 'ACTIVE,PAUSED' }, 10_000],
  [{ text: 'straw' }, 1_500],
  [{ text: 'needle' }, 5_000],
  // Every job has both words, and no job has this text.
  [{ text: 'http straw' }, 10_000],
  [{ keyPrefix: 'key-1234' }, 200],
  [{ keyPrefix: 'key-' }, 4_000],
  [{ nextBefore: after(60_000) }, 1_500],
  [{ tag: 'even', group: 'group-1' }, 10_000],
  [{ tag: 'odd', state: 'PAUSED' }, 10_000],
];

const failedAndDone: JobFilter = { lastOutcome: 'FAILED', state: 'FINISHED' };

const isBounded = (most: number) => expect.toSatisfy((rows: number) => rows <= most);

describe.each(planModes)('the plans of lists with %s', (mode) => {
  test.each(executionFilters)(
    'a page of the executions that match %j reads a bounded number of rows',
    async (filter, most) => {
      for (const position of [undefined, middle]) {
        const page = { limit: 50, after: position };
        const plans = await explain(mode, (tx) =>
          listExecutions(asPool(tx), { ...none, ...filter }, page, NOON),
        );
        for (const plan of plans) expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(most) });
      }
    },
  );

  test.each(jobFilters)(
    'a page of the jobs that match %j reads a bounded number of rows',
    async (filter, most) => {
      for (const afterId of [0, JOBS / 2]) {
        const plans = await explain(mode, (tx) =>
          listMatchingJobIds(tx, filter, { afterId, limit: 50 }, NOON),
        );
        for (const plan of plans) expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(most) });
      }
    },
  );

  test.each([[{}, 1_500] as [JobFilter, number], ...jobFilters])(
    'a page from the newest of the jobs that match %j on reads a bounded number of rows',
    async (filter, most) => {
      for (const afterId of [Number.MAX_SAFE_INTEGER, JOBS / 2]) {
        const plans = await explain(mode, (tx) =>
          listMatchingJobIds(tx, filter, { afterId, limit: 50, isNewestFirst: true }, NOON),
        );
        for (const plan of plans) expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(most) });
      }
    },
  );

  test.each([{}, ...jobFilters.map(([filter]) => filter)])(
    'a page by next times of the jobs that match %j reads a bounded number of rows',
    async (filter) => {
      const place = { atUs: after(3_600_000).getTime() * 1_000, isDispatched: false, id: 6_010 };
      for (const from of [undefined, place]) {
        const plans = await explain(mode, (tx) =>
          listJobsByNextTime(tx, filter, { after: from, limit: 50 }, NOON),
        );
        for (const plan of plans) expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(20_000) });
      }
    },
  );

  test.each(jobFilters)(
    'a total of the jobs that match %j reads a bounded number of rows',
    async (filter) => {
      const plans = await explain(mode, (tx) => countMatchingJobs(tx, filter, NOON));
      for (const plan of plans) expect(plan.seqScans).toEqual([]);
      expect(plans.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThanOrEqual(25_000);
    },
  );

  // 3 of 1,000 failing jobs have finished. Each of the others has a success in one of the days since its failure.
  test.each([
    ['a page', (tx: Queryable) => listMatchingJobIds(tx, failedAndDone, { afterId: 0, limit: 50 }, NOON)],
    ['a total', (tx: Queryable) => countMatchingJobs(tx, failedAndDone, NOON)],
  ])('%s of jobs looks for the last outcome of jobs that match otherwise', async (_, read) => {
    const plans = await explain(mode, read);
    const reads = plans.map(({ executionsRead }) => executionsRead);
    expect(Math.max(...reads)).toBeLessThanOrEqual(20);
  });

  test('a page of jobs reads the failures of its own jobs only', async () => {
    const page = { limit: 100, offset: 0, maxBytes: 10_000_000 };
    for (const afterId of [0, JOBS / 2]) {
      const plans = await explain(mode, (tx) => listJobs(tx, { ...page, afterId }, NOON));
      for (const plan of plans) expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(1_000) });
    }
  });

  test('the worst failing jobs are read with a bounded number of rows', async () => {
    const [worst] = await explain(mode, (tx) => findWorstFailing(tx));
    // The row and the schedule of 1,001 failing jobs, and the rows of as many paused ones.
    expect(worst).toMatchObject({
      seqScans: [],
      isKept: true,
      partitionScans: 0,
      rowsRead: isBounded(3_100),
    });
    const [repeatedly] = await explain(mode, (tx) => countFailingRepeatedly(tx, 1_000));
    expect(repeatedly).toMatchObject({ seqScans: [], rowsRead: isBounded(2_100) });
  });

  test('a page of the upcoming executions reads a bounded number of rows', async () => {
    const until = after(3_600_000);
    const first = await explain(mode, (tx) =>
      listAllUpcoming(asPool(tx), { until, limit: 50, after: undefined }, NOON),
    );
    const place = { atUs: after(120_000).getTime() * 1_000, isDispatched: false, id: 250 };
    const next = await explain(mode, (tx) =>
      listAllUpcoming(asPool(tx), { until, limit: 50, after: place }, NOON),
    );
    for (const plan of [...first, ...next])
      expect(plan).toMatchObject({ seqScans: [], rowsRead: isBounded(4_000) });
  });
});

// A plan for any filter has 220 of them, and takes 26 ms to make.
describe('the time to plan lists', () => {
  /** Partitions that hold today and the next days. */
  const AHEAD = 5;

  /** The most scans of partitions in a plan. A plan that is kept is one for all values. */
  const mostScans = async (
    read: (tx: Queryable) => Promise<unknown>,
    isMeant: (plan: Plan) => boolean = () => true,
  ): Promise<number> => {
    const plans = await explain('force_generic_plan', read);
    return Math.max(0, ...plans.filter(isMeant).map(({ partitionScans }) => partitionScans));
  };

  test.each([{}, ...jobFilters.map(([filter]) => filter)])(
    'a page of the jobs that match %j is planned for the next days, and the history at most once',
    async (filter) => {
      const history = filter.lastOutcome === undefined ? 0 : DAYS_OF_HISTORY + AHEAD;
      const page = { afterId: JOBS / 2, limit: 50 };
      for (const isNewestFirst of [false, true]) {
        const scans = await mostScans((tx) =>
          listMatchingJobIds(tx, filter, { ...page, isNewestFirst }, NOON),
        );
        expect(scans).toBeLessThanOrEqual(2 * AHEAD + history);
      }
      const byNextTime = await mostScans((tx) =>
        listJobsByNextTime(tx, filter, { after: undefined, limit: 50 }, NOON),
      );
      expect(byNextTime).toBeLessThanOrEqual(3 * AHEAD + history);
    },
  );

  test.each(executionFilters)(
    'a page of the executions that match %j is planned for the latest days, and all days at most once for each status',
    async (filter) => {
      const { statuses, trigger } = filter;
      // A look at all days for many statuses is kept.
      const sources =
        trigger !== undefined ? 1 : statuses?.includes('SUCCESS') === false ? statuses.length : 0;
      const allDays = sources * (DAYS_OF_HISTORY + AHEAD);
      for (const position of [undefined, middle]) {
        const page = { limit: 50, after: position };
        const scans = await mostScans(
          (tx) => listExecutions(asPool(tx), { ...none, ...filter }, page, NOON),
          ({ isKept }) => !isKept,
        );
        expect(scans).toBeLessThanOrEqual(Math.max(25, allDays));
      }
    },
  );

  // PostgreSQL plans a kept statement for its values five times, and then for any values, to compare the two. For all sources and all
  // days, that plan took 28 to 116 ms.
  test.each([['RUNNING'], ['SKIPPED'], ['FAILED', 'CANCELLED']] as const)(
    'no plan of all sources is made for the executions that are %s',
    async (...statuses) => {
      const page = { limit: 50, after: undefined };
      const plans = await explain('force_generic_plan', (tx) =>
        listExecutions(asPool(tx), { ...none, statuses, since: after(-20 * DAY_MS) }, page, NOON),
      );
      for (const { partitionScans } of plans)
        expect(partitionScans).toBeLessThanOrEqual(statuses.length * (DAYS_OF_HISTORY + AHEAD));
    },
  );
});
