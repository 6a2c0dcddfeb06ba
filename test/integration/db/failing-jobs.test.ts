import { beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { endRecovered, listJobsToPause } from '../../../lib/db/failing-jobs.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const FAILING_JOBS = 5_000;

/** Each failing job has failed three days ago, and succeeded every day since. */
beforeAll(async () => {
  await ensurePartitions(pool, after(-5 * DAY_MS), 6);
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select id, 1, 'SUCCESS', $2::timestamptz - day * interval '1 day', $2, $2, $2
       from generate_series(1, $1::integer) id cross join generate_series(0, 4) day`,
    [FAILING_JOBS, NOON],
  );
  await pool.query(
    `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
     select id, 1, $2, $2 from generate_series(1, $1::integer) id`,
    [FAILING_JOBS, after(-3 * DAY_MS)],
  );
});

describe.each(planModes)('the plans with %s', (mode) => {
  test('the search for recoveries reads the first success of each job of its batch', async () => {
    const [plan] = await explain(mode, (tx) => endRecovered(tx, { afterId: 0, limit: 500 }, NOON));
    expect(plan).toMatchObject({ rowsRead: expect.toSatisfy((read: number) => read <= 500 * 16) });
    expect(plan!.buffers).toBeLessThan(60_000);
  });

  test('the list of jobs to pause reads only these jobs', async () => {
    const [plan] = await explain(mode, (tx) => listJobsToPause(tx, 500));
    expect(plan).toMatchObject({ rowsRead: 0 });
    expect(plan!.buffers).toBeLessThan(20);
  });
});
