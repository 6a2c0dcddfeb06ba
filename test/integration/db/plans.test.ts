import { beforeAll, describe, expect, test } from 'vitest';
import { insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { countHistory, listHistory, listUpcoming } from '../../../lib/db/execution-history.ts';
import { listRecentRuns } from '../../../lib/db/job-summaries.ts';
import { listJobs } from '../../../lib/db/list-jobs.ts';
import { readJobStats } from '../../../lib/db/job-stats.ts';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { lockOpen } from '../../../lib/db/take-back-executions.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, useOwnDatabase } from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { BUSY_JOB, fillTables, JOBS, QUIET_JOB } from './plans-data.ts';
import { queries } from './plans-queries.ts';

await useOwnDatabase();

beforeAll(fillTables);

const page = { limit: 50, offset: 100 };

/** The executions that `takeBack` and its like change are found and then locked. */
const openOfJobs: [string, number[], number][] = [
  ['a quiet job', [20_000], 1],
  ['a busy job', [BUSY_JOB], 1],
  ['many jobs', Array.from({ length: 200 }, (_, index) => index * 90 + 1), 200],
];

describe.each(planModes)('the plans with %s', (mode) => {
  test.each(openOfJobs)(
    'the open executions of %s are locked without a look at their histories',
    async (_, jobIds, rows) => {
      const plans = await explain(mode, (tx) => lockOpen(tx, jobIds));
      for (const plan of plans) {
        expect(plan).toMatchObject({
          seqScans: [],
          rowsRead: expect.toSatisfy((read: number) => read <= rows * 4 + 200),
        });
        expect(plan.buffers).toBeLessThan(rows * 60 + 300);
      }
    },
  );

  test.each(queries)('%s: the statement reads little more than it returns', async (_, make) => {
    const { run, prepare, rows } = make();
    const [plan, ...others] = await explain(mode, run, prepare);
    expect(others).toEqual([]);
    expect(plan).toMatchObject({
      seqScans: [],
      rowsRead: expect.toSatisfy((read: number) => read <= rows * 2 + 50),
    });
    // An update writes its row to a new place, with an entry in each of the indexes.
    expect(plan!.buffers).toBeLessThan(rows * 30 + 300);
    expect(plan!.rowsJoinedInVain).toBeLessThan(rows * 2 + 50);
  });

  test.each([
    ['of every status', undefined],
    ['of one status', 'FAILED'],
  ] as const)('a page of a busy history %s reads only rows before the end of the page', async (_, status) => {
    const [items] = await explain(mode, (tx) => listHistory(tx, BUSY_JOB, { limit: 20, offset: 40, status }));
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 200) });
    expect(items!.buffers).toBeLessThan(500);
  });

  test('a page of a busy history by a cursor reads only rows after the cursor', async () => {
    const [items] = await explain(mode, (tx) =>
      listHistory(tx, BUSY_JOB, { limit: 20, offset: 0, afterUs: after(-3 * DAY_MS).getTime() * 1_000 }),
    );
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 200) });
    expect(items!.buffers).toBeLessThan(500);
  });

  test('the last runs of jobs are read from the end of their histories', async () => {
    const ids = [BUSY_JOB, ...Array.from({ length: 49 }, (_, index) => index + QUIET_JOB)];
    const range = { from: after(-31 * DAY_MS), until: after(1_000), limit: 30 };
    const [plan] = await explain(mode, (tx) => listRecentRuns(tx, ids, range));
    expect(plan).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 1_500) });
    expect(plan!.buffers).toBeLessThan(3_000);
  });

  test('a page of the upcoming executions of a job reads only its own rows, even if many wait', async () => {
    const [items] = await explain(mode, (tx) => listUpcoming(tx, 20_000, { limit: 20, offset: 0 }));
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 10) });
    expect(items!.buffers).toBeLessThan(100);
  });

  test.each([
    ['history', listHistory],
    ['list of upcoming executions', listUpcoming],
  ] as const)(
    'a page of the %s of a job with many upcoming executions reads few other rows',
    async (_, list) => {
      const [items] = await explain(
        mode,
        (tx) => list(tx, BUSY_JOB, { limit: 20, offset: 0 }),
        (tx) =>
          insertExecutions(
            tx,
            Array.from({ length: 240 }, (_, second) => ({
              jobId: BUSY_JOB,
              jobRevision: 1,
              executionTime: after(1_000 * second),
            })),
            NOON,
          ),
      );
      expect(items).toMatchObject({
        seqScans: [],
        rowsRead: expect.toSatisfy((read: number) => read <= 600),
      });
    },
  );

  test('the number of a quiet job’s executions comes from its own', async () => {
    const [count] = await explain(mode, (tx) => countHistory(tx, QUIET_JOB, {}));
    expect(count).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 10) });
    expect(count!.buffers).toBeLessThan(50);
  });

  test.each([BUSY_JOB, QUIET_JOB])(
    'the statistics of job %i read a bounded number of its executions',
    async (id) => {
      const span = { from: after(-30 * DAY_MS), until: NOON };
      const [stats] = await explain(mode, (tx) => readJobStats(tx, id, span));
      expect(stats).toMatchObject({
        seqScans: [],
        rowsRead: expect.toSatisfy((read: number) => read <= 5_100),
      });
    },
  );

  test('a page of the job list reads only rows before its end', async () => {
    const [items] = await explain(mode, (tx) => listJobs(tx, { ...page, maxBytes: 2 * 1_048_576 }, NOON));
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 400) });
    expect(items!.buffers).toBeLessThan(2_000);
  });

  test('a page of the jobs that have a tag reads only its own rows, even when half of all jobs have the tag', async () => {
    const [items] = await explain(mode, (tx) =>
      listMatchingJobIds(tx, { tag: 'even' }, { afterId: JOBS / 2, limit: 50 }, NOON),
    );
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 400) });
    expect(items!.buffers).toBeLessThan(2_000);
  });

  test('a page of the job list by a cursor reads only its own rows', async () => {
    const [items] = await explain(mode, (tx) =>
      listJobs(
        tx,
        { limit: 50, offset: 0, afterId: JOBS / 2, withBodies: true, maxBytes: 2 * 1_048_576 },
        NOON,
      ),
    );
    expect(items).toMatchObject({ seqScans: [], rowsRead: expect.toSatisfy((read: number) => read <= 250) });
    expect(items!.buffers).toBeLessThan(2_000);
  });
});
