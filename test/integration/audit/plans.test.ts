import { beforeAll, describe, expect, test } from 'vitest';
import { listActiveJobs } from '../../../lib/audit/active-jobs.ts';
import { findExpiredClaims } from '../../../lib/audit/claims-end.ts';
import { readConstraints } from '../../../lib/audit/constraints-in-force.ts';
import { findOverdueExecutions } from '../../../lib/audit/due-executions-run.ts';
import { findOverdueSchedules } from '../../../lib/audit/due-schedules-served.ts';
import { findGroundlessReports } from '../../../lib/audit/executions/reports-have-ends.ts';
import { findWrongPauses } from '../../../lib/audit/failing-jobs-paused.ts';
import { findMiscounted } from '../../../lib/audit/failures-counted.ts';
import { findEndedPauses, findForgottenPauses } from '../../../lib/audit/pauses-remembered.ts';
import { findWaitingReports } from '../../../lib/audit/reports-sent.ts';
import { findRetriedAtMostOnce } from '../../../lib/audit/executions/at-most-once-not-retried.ts';
import { findCauselessCancellations } from '../../../lib/audit/executions/cancellations-have-causes.ts';
import { findWrongClaims } from '../../../lib/audit/executions/claims-belong-to-running.ts';
import { findUnexplainedFailures } from '../../../lib/audit/executions/failures-explained.ts';
import { findPartitionsOf, type FindInPage } from '../../../lib/audit/executions/find-in-page.ts';
import { findWrongAttempts } from '../../../lib/audit/executions/attempts-match.ts';
import { findWrongEnds } from '../../../lib/audit/executions/ends-recorded.ts';
import { findTooOld } from '../../../lib/audit/executions/attempts-within-age.ts';
import { findTooEarly } from '../../../lib/audit/executions/not-before-its-time.ts';
import { findUnusedRetries } from '../../../lib/audit/executions/retries-used.ts';
import { findTooManyRetries } from '../../../lib/audit/executions/retries-within-limit.ts';
import {
  findOccurrenceBefore,
  findOccurrenceFrom,
  listOccurrences,
} from '../../../lib/audit/occurrences-dispatched/find-occurrences.ts';
import { findQueued, listWaiting } from '../../../lib/audit/queue-agrees/find-queued.ts';
import { findSchedulesOfStopped } from '../../../lib/audit/schedules-match-jobs.ts';
import {
  findRunningOfStopped,
  findWaitingOfStopped,
} from '../../../lib/audit/stopped-jobs-have-nothing-open.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import { explain, planModes } from '../db/explain.ts';
import { after, NOON, OTHER_TOKEN, pool, useOwnDatabase } from '../db/fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

const PARTITIONS = 120;
const JOBS = 50_000;
const MIDNIGHT = after(-DAY_MS / 2);
const LIMIT = 500;

/** On each of three days, among many empty ones, 30,000 executions wait, run or have ended. */
beforeAll(async () => {
  await ensurePartitions(pool, after((3 - PARTITIONS) * DAY_MS), PARTITIONS);
  const { rows } = await pool.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'job_executions'::regclass
     union all select 'jobs' union all select 'job_schedules'`,
  );
  // No autovacuum analyses the tables of this test, so that there are no statistics at all.
  for (const { name } of rows) await pool.query(`alter table ${name} set (autovacuum_enabled = off)`);
  // The plans do not depend on the audit log, and its entries take seconds.
  await pool.query('alter table jobs disable trigger audit_new_job');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at)
     select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
            id % 10 <> 0, $2, $2
       from generate_series(1, $1::integer) id`,
    [JOBS, NOON],
  );
  await pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, $1::timestamptz + (id - 500) * interval '1 s', $1 from jobs`,
    [NOON],
  );
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, claim_token, lease_expires_at,
                                 execution_duration, started_at, created_at, updated_at)
     select place, 1, status, at, at, case when status = 'RUNNING' then $2::uuid end,
            case when status = 'RUNNING' then at end, 10, at, at, at
       from generate_series(0, 2) day,
            generate_series(1, 30000) place,
            lateral (select $1::timestamptz - day * interval '1 day' + place * interval '1 s') t (at),
            lateral (
              select case when place % 3 = 0 then 'SCHEDULED' when place % 100 = 1 then 'RUNNING' else 'SUCCESS' end
            ) s (status)`,
    [MIDNIGHT, OTHER_TOKEN],
  );
  await pool.query(
    `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
     select id, 2, $1, $1 from generate_series(1, 20000) id`,
    [NOON],
  );
  await pool.query(
    `insert into paused_by_failures (job_id, paused_at) select id, $1 from generate_series(1, 20000) id`,
    [NOON],
  );
  await pool.query(
    `insert into pending_callbacks (event, job_id, origin_id, created_at, data)
     select 'job.failed', id, id, $1, '{}' from generate_series(1, 2000) id`,
    [MIDNIGHT],
  );
}, 120_000);

const walked: [string, FindInPage][] = [
  ['retries within the limit', findTooManyRetries],
  ['AT_MOST_ONCE not retried', findRetriedAtMostOnce],
  ['claims', findWrongClaims],
  ['unexplained failures', findUnexplainedFailures],
  ['unused retries', findUnusedRetries],
  ['too old', findTooOld],
  ['wrong attempts', findWrongAttempts],
  ['wrong ends', findWrongEnds],
  ['too early', findTooEarly],
  ['groundless reports', findGroundlessReports],
  ['causeless cancellations', findCauselessCancellations],
];
const since = after(-DAY_MS);
const from = { at: after(-DAY_MS), id: 0 };
const ids = (count: number) => Array.from({ length: count }, (_, index) => index * 90 + 1);
const ranges = (count: number) => ids(count).map((jobId) => ({ jobId, from: since, to: NOON }));

type Query = { run: (tx: Queryable) => Promise<unknown>; rows: number };

const queries: [string, Query][] = [
  ['expired claims', { run: (tx) => findExpiredClaims(tx, NOON, LIMIT), rows: LIMIT }],
  ['overdue executions', { run: (tx) => findOverdueExecutions(tx, NOON, LIMIT), rows: LIMIT }],
  [
    'waiting executions of stopped jobs',
    { run: (tx) => findWaitingOfStopped(tx, from, LIMIT), rows: LIMIT * 3 },
  ],
  [
    'running executions of stopped jobs',
    { run: (tx) => findRunningOfStopped(tx, from, LIMIT), rows: LIMIT * 3 },
  ],
  ['waiting reports', { run: (tx) => findWaitingReports(tx, NOON, LIMIT), rows: LIMIT }],
  [
    'counts of failing jobs',
    // Each job asks each partition three times.
    { run: (tx) => findMiscounted(tx, { after: 0, limit: LIMIT / 10, since }), rows: LIMIT * 3 },
  ],
  [
    'pauses of failing jobs',
    { run: (tx) => findWrongPauses(tx, { after: 0, limit: LIMIT / 10, pausedBefore: NOON }), rows: LIMIT },
  ],
  ['remembered pauses', { run: (tx) => findEndedPauses(tx, 0, LIMIT), rows: LIMIT }],
  ['pauses that must be remembered', { run: (tx) => findForgottenPauses(tx, 0, LIMIT), rows: LIMIT }],
  ['overdue schedules', { run: (tx) => findOverdueSchedules(tx, NOON, LIMIT), rows: LIMIT }],
  ['schedules of stopped jobs', { run: (tx) => findSchedulesOfStopped(tx, 20_000, LIMIT), rows: LIMIT * 3 }],
  ['active jobs', { run: (tx) => listActiveJobs(tx, 20_000, LIMIT), rows: LIMIT * 3 }],
  ['the occurrences of jobs', { run: (tx) => listOccurrences(tx, ranges(100), 20), rows: 300 }],
  ['the occurrences of a job', { run: (tx) => listOccurrences(tx, ranges(1), LIMIT), rows: 3 }],
  ['the next occurrence', { run: (tx) => findOccurrenceFrom(tx, 77, since), rows: 1 }],
  ['the occurrence before', { run: (tx) => findOccurrenceBefore(tx, 77, NOON), rows: 1 }],
  [
    'the executions that the queue must hold',
    { run: (tx) => listWaiting(tx, NOON, from, LIMIT), rows: LIMIT },
  ],
  ['the executions that the queue holds', { run: (tx) => findQueued(tx, ids(LIMIT)), rows: LIMIT * 2 }],
];

/** Tables of the catalogue may be read completely: they are small, and have their own statistics. */
const isOurs = (table: string): boolean => table.startsWith('job');

const statistics = [
  ['without statistics', async () => {}],
  ['with statistics', () => pool.query('analyze')],
] as const;

describe.each(statistics.flatMap(([title, make]) => planModes.map((mode) => [title, mode, make] as const)))(
  '%s, with %s',
  (_, mode, makeStatistics) => {
    beforeAll(async () => {
      await makeStatistics();
    });

    test.each(queries)('%s: the statement reads little more than it returns', async (_, { run, rows }) => {
      const [plan, ...others] = await explain(mode, run);
      expect(others).toEqual([]);
      expect(plan!.seqScans).toEqual([]);
      expect(plan!.rowsRead).toBeLessThanOrEqual(rows * 2 + 50);
      expect(plan!.rowsJoinedInVain).toBeLessThan(rows * 2 + 50);
      // Each of the partitions is asked once, or at most once for each of the jobs.
      expect(plan!.buffers).toBeLessThan(rows * 30 + PARTITIONS * 4);
    });

    test.each(walked)('%s: a page reads only itself and its jobs', async (_, find) => {
      const partition = 'job_executions_p20260115';
      const { rows } = await pool.query<{ id: number }>(`select min(id) + 15000 as id from ${partition}`);
      const page = { partition, after: rows[0]!.id, limit: LIMIT, since, until: NOON, hasJournal: false };
      const [plan, ...others] = await explain(mode, (tx) => find(tx, page));
      expect(others).toEqual([]);
      expect(plan!.seqScans).toEqual([]);
      expect(plan!.rowsRead).toBeLessThanOrEqual(LIMIT * 6);
      expect(plan!.buffers).toBeLessThan(LIMIT * 10);
    });

    test('the audit reads constraints and partitions from the catalogue', async () => {
      const plans = await explain(mode, async (tx) => {
        expect(await readConstraints(tx)).toHaveLength(PARTITIONS + 3);
        // The day before, the day itself, and the default partition.
        expect(await findPartitionsOf(tx, { since, until: NOON })).toHaveLength(3);
      });
      expect(plans.flatMap(({ seqScans }) => seqScans).filter(isOurs)).toEqual([]);
    });
  },
);
