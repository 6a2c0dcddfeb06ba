import { beforeAll, describe, expect, test } from 'vitest';
import { dropOldCounts } from '../../../lib/db/drop-old-counts.ts';
import { takeBatches } from '../../../lib/db/fold-outcomes.ts';
import { findOldestUndispatched } from '../../../lib/db/job-schedules.ts';
import { listQueueDepths } from '../../../lib/db/queue-depths.ts';
import { listOutcomeCounts } from '../../../lib/db/read-outcome-counts.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

const MINUTE_MS = 60_000;
const HOURS = 100;

/** Counts of 5,000 minutes of 20 groups and of all jobs, without statistics. */
beforeAll(async () => {
  for (const table of ['outcome_counts', 'queue_depths', 'outcome_batches', 'job_schedules']) {
    await pool.query(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  await pool.query(
    `insert into outcome_counts
     select case group_number when 0 then 'all' else 'group:' || group_number end, 60,
            $1::timestamptz - minute * interval '1 minute', 'SUCCESS', 1, 1, 1, '{0,1}', 0, 0, '{1}'
       from generate_series(0, 20) group_number, generate_series(1, 5000) minute`,
    [NOON],
  );
  await pool.query(
    `insert into queue_depths
     select 60, $1::timestamptz - minute * interval '1 minute', 0, 0, 0, 0, 0 from generate_series(1, 5000) minute`,
    [NOON],
  );
  await pool.query(
    `insert into outcome_batches select $1, null, 'SUCCESS', 1, '{1}', '{1}' from generate_series(1, 5000)`,
    [NOON],
  );
});

const lastHours = { periodSeconds: 60, from: after(-HOURS * MINUTE_MS), to: NOON } as const;

describe.each(planModes)('the plans of the statistics with %s', (mode) => {
  test('a range of statistics reads only the periods of its series', async () => {
    const [plan] = await explain(mode, (tx) =>
      listOutcomeCounts(tx, { ...lastHours, series: 'group:7', stepSeconds: 3_600 }),
    );
    expect(plan).toMatchObject({ seqScans: [], rowsRead: HOURS });
  });

  test('a range of queue depths reads only its periods', async () => {
    const [plan] = await explain(mode, (tx) => listQueueDepths(tx, lastHours));
    expect(plan).toMatchObject({ seqScans: [], rowsRead: HOURS });
  });

  test('a fold reads no more rows than it takes', async () => {
    const [plan] = await explain(mode, (tx) => takeBatches(tx, 100));
    // Each row is read once to choose it, and once to delete it.
    expect(plan!.rowsRead).toBeLessThanOrEqual(200);
    expect(plan!.buffers).toBeLessThan(500);
  });

  test('the retention reads only the rows that it deletes', async () => {
    const before = after(-4_990 * MINUTE_MS);
    const [counts] = await explain(mode, (tx) => dropOldCounts(tx, 'outcome_counts', 60, before));
    expect(counts).toMatchObject({ seqScans: [] });
    expect(counts!.rowsRead).toBeLessThanOrEqual(10 * 21 * 3);
    const [depths] = await explain(mode, (tx) => dropOldCounts(tx, 'queue_depths', 60, before));
    expect(depths).toMatchObject({ seqScans: [] });
    expect(depths!.rowsRead).toBeLessThanOrEqual(10 * 3);
  });
});

describe('the oldest occurrence that is not dispatched', () => {
  test('the lag reads the first entry of the index of due schedules, after the unreadable ones', async () => {
    await pool.query(
      `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                         is_active, created_at, updated_at)
       select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000, true, $1, $1
         from generate_series(1, 2000)`,
      [NOON],
    );
    await pool.query(
      `insert into job_schedules (job_id, next_execution_time, created_at, unreadable_until)
       select id, $1::timestamptz - id * interval '1 s', $1, case when id >= 1999 then $1::timestamptz + interval '1 h' end
         from jobs`,
      [NOON],
    );
    expect(await findOldestUndispatched(pool, NOON)).toEqual(after(-1_998_000));
    for (const mode of planModes) {
      const [plan] = await explain(mode, (tx) => findOldestUndispatched(tx, NOON));
      expect(plan).toMatchObject({ seqScans: [] });
      expect(plan!.rowsRead).toBeLessThanOrEqual(3);
    }
  });
});
