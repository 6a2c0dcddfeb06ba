import { beforeAll, describe, expect, test } from 'vitest';
import { cancelExecutions } from '../../../lib/db/cancel-executions.ts';
import { findFailureGroup, listFailedJobs, listFailureGroups } from '../../../lib/db/failure-groups.ts';
import { dropOldFailures, takeUngrouped } from '../../../lib/db/failures.ts';
import { findExecution } from '../../../lib/db/find-execution.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { countToRedrive, findToRedrive, listFailedJobIds } from '../../../lib/db/redrive-failures.ts';
import { insertUnscheduled } from '../../../lib/db/unscheduled-executions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, pool, storeJob, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

/** The jobs of group 1. Each has two executions, the later of which has succeeded for one job of two. */
const JOBS = 4_000;
const GROUPS = 4_000;

let jobId: number;

beforeAll(async () => {
  await ensurePartitions(pool, after(-DAY_MS), 2);
  jobId = (await storeJob()).id;
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select 1000 + job, 1, case when run = 2 and job % 2 = 0 then 'SUCCESS' else 'FAILED' end, at, at, at, at
       from generate_series(1, ${JOBS}) job, generate_series(1, 2) run,
            lateral (select $1::timestamptz + run * interval '1 min' + job * interval '1 ms') t (at)`,
    [NOON],
  );
  await pool.query(
    `insert into failure_groups (fingerprint, host, path, message, executions, jobs, first_failed_at, last_failed_at,
                                 sample_execution_id, sample_job_id)
     select sha256(convert_to(n::text, 'UTF8')), 'example.com', '/', '', 1, 1, at, at, 1, 1
       from generate_series(1, ${GROUPS}) n, lateral (select $1::timestamptz + n * interval '1 s') t (at)`,
    [NOON],
  );
  await pool.query(
    `insert into failure_days (group_id, day, executions)
     select n, $1::date - d, 1 from generate_series(1, ${GROUPS}) n, generate_series(0, 20) d`,
    [NOON],
  );
  await pool.query(
    `insert into failure_jobs (group_id, job_id, executions, last_failed_at, last_execution_id, last_execution_time)
     select 1, job_id, 1, execution_time, id, execution_time
       from job_executions where execution_time < $1::timestamptz + interval '2 min'`,
    [NOON],
  );
  await pool.query(
    'insert into ungrouped_failures select id, execution_time from job_executions order by id limit 3000',
  );
}, 60_000);

describe.each(planModes)('the plan under %s, without statistics', (mode) => {
  test('a page of failure groups reads no more groups than the page has', async () => {
    const page = {
      limit: 50,
      after: { lastFailedAt: after(1_000_000), id: 900 },
      since: undefined,
      state: undefined,
    };
    const [plan] = await explain(mode, (tx) => listFailureGroups(tx, page, after(0)));
    expect(plan).toMatchObject({ seqScans: [] });
    // 14 days of each group, which may be in pages of their own.
    expect(plan!.buffers).toBeLessThan(1_200);
  });

  test('a failure group is read with its days and its first jobs by primary keys', async () => {
    const plans = await explain(mode, async (tx) => {
      await findFailureGroup(tx, 1, after(0));
      await listFailedJobs(tx, 1, { limit: 20, afterId: 0 });
    });
    for (const { seqScans, buffers } of plans) {
      expect(seqScans).toEqual([]);
      expect(buffers).toBeLessThan(60);
    }
  });

  test('the count of a redrive ends at its limit', async () => {
    const redrive = { failureGroupId: 1, includeSucceeded: false };
    const [plan] = await explain(mode, (tx) => countToRedrive(tx, redrive));
    expect(plan!.buffers).toBeLessThan(20_000);
  });

  test('failures are taken for their groups by their primary keys', async () => {
    const [plan] = await explain(mode, (tx) => takeUngrouped(tx, 500));
    expect(plan!.seqScans).not.toContain('job_executions_p20260115');
    expect(plan!.rowsJoinedInVain).toBeLessThan(1_000);
  });

  test('a batch of a redrive reads its own jobs only', async () => {
    const page = { afterId: 2_000, maxId: 100_000, limit: 50 };
    const { ids } = await listFailedJobIds(pool, 1, page);
    const redrive = { failureGroupId: 1, includeSucceeded: false };
    const plans = await explain(mode, async (tx) => {
      await listFailedJobIds(tx, 1, page);
      await findToRedrive(tx, redrive, ids);
    });
    for (const { seqScans, buffers } of plans) {
      expect(seqScans).toEqual([]);
      expect(buffers).toBeLessThan(1_500);
    }
  });

  test('old failure groups are found by their index', async () => {
    const [plan] = await explain(mode, (tx) => dropOldFailures(tx, after(10_000), 100));
    expect(plan!.seqScans).not.toContain('job_executions_p20260115');
    expect(plan!.buffers).toBeLessThan(3_000);
  });

  test('an execution is found, cancelled and inserted by primary keys', async () => {
    const { rows } = await pool.query<{ id: number; executionTime: Date }>(
      'select id, execution_time as "executionTime" from job_executions order by id limit 1',
    );
    const plans = await explain(mode, async (tx) => {
      await findExecution(tx, rows[0]!.id);
      await cancelExecutions(tx, rows, NOON);
      await insertUnscheduled(tx, [{ jobId, trigger: 'MANUAL', originId: null, body: null }], NOON);
    });
    expect(plans).toHaveLength(3);
    for (const { seqScans, rowsRead } of plans) {
      expect(seqScans.filter((table) => table.startsWith('job_executions'))).toEqual([]);
      expect(rowsRead).toBeLessThan(10);
    }
  });
});
