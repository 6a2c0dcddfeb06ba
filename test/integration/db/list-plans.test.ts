import { beforeAll, describe, expect, test } from 'vitest';
import { listExecutions } from '../../../lib/app/list-executions.ts';
import { listAllUpcoming } from '../../../lib/app/list-upcoming.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { listJobsByNextTime } from '../../../lib/db/jobs-by-next-time.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { countFailingRepeatedly } from '../../../lib/db/failing-jobs.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import { findWorstFailing } from '../../../lib/db/worst-failing-jobs.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import { explain, type Plan, planModes } from './explain.ts';
import { after, NOON, useOwnDatabase } from './fixture.ts';
import {
  asPool,
  DAYS_OF_HISTORY,
  executionFilters,
  jobFilters,
  JOBS,
  middle,
  none,
  storeMany,
} from './list-plans-fixture.ts';

await useOwnDatabase();

beforeAll(storeMany);

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
