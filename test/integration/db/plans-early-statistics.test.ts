import { beforeAll, describe, expect, test } from 'vitest';
import { findMiscounted } from '../../../lib/audit/failures-counted.ts';
import { cancelExecutions } from '../../../lib/db/cancel-executions.ts';
import { findEnded, findToCome } from '../../../lib/db/ended-executions.ts';
import { findExecutionRequests } from '../../../lib/db/dispatch-executions.ts';
import { endRecovered } from '../../../lib/db/failing-jobs.ts';
import { listJobsById } from '../../../lib/db/list-jobs.ts';
import { countMatchingJobs, listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import { recordDelays } from '../../../lib/db/record-delays.ts';
import { countToRedrive, findToRedrive } from '../../../lib/db/redrive-failures.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const MIDNIGHT = after(-DAY_MS / 2);
/** Jobs 1 to 100 have failed once, in the first minutes of the day. */
const FAILING = 100;
/** Jobs 101 to 200 have run since then, 800 times each. */
const RUNNING = 100;
/** These have not run yet. */
const NEW = 50;
const failing = Array.from({ length: FAILING }, (_, place) => place + 1);
const BATCH = 300;

type Execution = { id: number; executionTime: Date };
let ended: Execution[];
let cancelled: Execution[];

/** A day whose executions were all waiting when it was analysed, and that have ended since. */
beforeAll(async () => {
  await ensurePartitions(pool, MIDNIGHT, 0);
  await pool.query('alter table job_executions_p20260115 set (autovacuum_enabled = off)');
  await pool.query('alter table job_executions disable trigger user');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at)
     select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000, true, $2, $2
       from generate_series(1, $1::integer)`,
    [FAILING + RUNNING + NEW, NOON],
  );
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select job, 1, 'SCHEDULED', at, at, at, at
       from (select job, $1::timestamptz + job * interval '1 s' from generate_series(1, ${FAILING}) job
             union all
             select job, $1::timestamptz + interval '10 min' + run * interval '30 s' + job * interval '10 ms'
               from generate_series(${FAILING + 1}, ${FAILING + RUNNING}) job, generate_series(1, 800) run
             union all
             select 1000000 + place, $1::timestamptz + interval '1 h' + place * interval '1 s'
               from generate_series(1, 5000) place) e (job, at)`,
    [MIDNIGHT],
  );
  await pool.query('analyze');
  await pool.query(
    `update job_executions
        set status = case when job_id <= ${FAILING} then 'FAILED' when job_id < 1000000 then 'SUCCESS' else 'CANCELLED' end`,
  );
  await pool.query('alter table job_executions enable trigger user');
  await pool.query(
    `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
     select job_id, 1, execution_time, execution_time from job_executions where status = 'FAILED'`,
  );
  await pool.query(
    `insert into failure_groups (id, fingerprint, host, path, message, executions, jobs, first_failed_at, last_failed_at,
                                 sample_execution_id, sample_job_id)
     overriding system value values (1, sha256('x'), '127.0.0.1', '/', '', 100, 100, $1, $1, 1, 1)`,
    [MIDNIGHT],
  );
  await pool.query(
    `insert into failure_jobs (group_id, job_id, executions, last_failed_at, last_execution_id, last_execution_time)
     select 1, job_id, 1, execution_time, id, execution_time from job_executions where status = 'FAILED'`,
  );
  const some = (status: string) =>
    pool.query<Execution>(
      `select id, execution_time as "executionTime" from job_executions where status = $1 order by 2, 1 limit $2`,
      [status, BATCH],
    );
  ended = (await some('SUCCESS')).rows;
  cancelled = (await some('CANCELLED')).rows;
}, 60_000);

const idsOf = (executions: readonly Execution[]): number[] => executions.map(({ id }) => id);
const redrive = { failureGroupId: 1, includeSucceeded: false };
const page = { limit: 50, offset: 0, maxBytes: 1_000_000 };
const newJobs = Array.from({ length: NEW }, (_, place) => FAILING + RUNNING + place + 1);

/** Each statement, with the most executions that it may read: a few for each job or execution that it is about. */
const statements: [string, number, (tx: Queryable) => Promise<unknown>][] = [
  ['the recoveries', 10 * FAILING, (tx) => endRecovered(tx, { afterId: 0, limit: 500 }, NOON)],
  [
    'the audit of the counts of failures',
    10 * FAILING,
    (tx) => findMiscounted(tx, { after: 0, limit: 500, since: after(-2 * DAY_MS) }),
  ],
  ['a page of failing jobs', 1_000, (tx) => listJobsById(tx, failing, page, NOON)],
  ['a page of jobs that have not run', 1_000, (tx) => listJobsById(tx, newJobs, page, NOON)],
  [
    'the jobs that fail',
    3_000,
    (tx) => listMatchingJobIds(tx, { lastOutcome: 'FAILED' }, { afterId: 0, limit: 50 }, NOON),
  ],
  ['the number of jobs that fail', 3_000, (tx) => countMatchingJobs(tx, { lastOutcome: 'FAILED' }, NOON)],
  [
    'the jobs that have succeeded',
    3_000,
    (tx) => listMatchingJobIds(tx, { lastOutcome: 'SUCCESS' }, { afterId: 0, limit: 50 }, NOON),
  ],
  ['a batch of a redrive', 10 * FAILING, (tx) => findToRedrive(tx, redrive, failing)],
  ['the count of a redrive', 10 * FAILING, (tx) => countToRedrive(tx, redrive)],
  ['the ends of a batch', BATCH, (tx) => findEnded(tx, idsOf(ended))],
  ['the future executions of a batch', BATCH, (tx) => findToCome(tx, idsOf(ended), NOON)],
  ['the requests of a batch', 2 * BATCH, (tx) => findExecutionRequests(tx, idsOf(ended))],
  ['the cancellation of a batch', 2 * BATCH, (tx) => cancelExecutions(tx, ended, NOON)],
  [
    'the delays of a batch',
    BATCH,
    (tx) =>
      recordDelays(
        tx,
        cancelled.map((execution) => ({ ...execution, delays: { snoozes: 1 } })),
      ),
  ],
];

/** The indexes that lead to one execution, or to the executions of one job. */
const INDEXES_OF_ONE = ['pkey', 'job_id_execution_time_key', 'job_id_status_execution_time_idx'];

describe.each(planModes)('the plans with statistics from before the executions ended, with %s', (mode) => {
  test.for(statements)('%s read no other executions', async ([, most, run]) => {
    const plans = await explain(mode, run);
    expect(plans.length).toBeGreaterThan(0);
    for (const { executionsRead, executionIndexes } of plans) {
      expect(executionIndexes.filter((name) => !INDEXES_OF_ONE.includes(name))).toEqual([]);
      expect(executionsRead).toBeLessThanOrEqual(most);
    }
  });
});
