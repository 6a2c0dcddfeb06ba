import { beforeAll, describe, expect, test } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { findExecutionRequests } from '../../../lib/db/dispatch-executions.ts';
import { findToCome } from '../../../lib/db/ended-executions.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { lockOpen, takeWhileFewOpen } from '../../../lib/db/take-back-executions.ts';
import { explain, planModes } from './explain.ts';
import { after, NOON, OTHER_TOKEN, pool, useOwnDatabase } from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { succeeded } from '../../support/outcomes.ts';

await useOwnDatabase();

const MIDNIGHT = after(-DAY_MS / 2);
const BATCH = 300;

type Execution = { id: number; executionTime: Date };
/** Executions due within three seconds, as a worker takes them. */
let waiting: Execution[];

/** Executions that ended this morning, which the statistics include, and newer ones, which they do not. */
beforeAll(async () => {
  await ensurePartitions(pool, MIDNIGHT, 0);
  await pool.query('alter table job_executions_p20260115 set (autovacuum_enabled = off)');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, execution_duration, started_at,
                                 created_at, updated_at)
     select place, 1, 'SUCCESS', at, at, 10, at, at, at
       from generate_series(1, 40000) place, lateral (select $1::timestamptz + place * interval '1 s') t (at)`,
    [MIDNIGHT],
  );
  await pool.query('analyze job_executions');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select place, 1, 'SCHEDULED', at, at, at, at
       from generate_series(1, 5000) place,
            lateral (select $1::timestamptz - (place / 100) * interval '1 s') t (at)`,
    [NOON],
  );
  const { rows } = await pool.query<Execution>(
    `select id, execution_time as "executionTime" from job_executions where status = 'SCHEDULED' order by 2, 1 limit $1`,
    [BATCH],
  );
  waiting = rows;
});

const claimWaiting = (db: Parameters<typeof claimExecutions>[0]) =>
  claimExecutions(db, {
    executions: waiting,
    claimToken: OTHER_TOKEN,
    now: NOON,
    dueBy: NOON,
    leaseExpiresAt: after(60_000),
  });

describe.each(planModes)('the plans with statistics older than a batch, with %s', (mode) => {
  test('a claim reads only its batch when the statistics are older than the batch', async () => {
    const [plan] = await explain(mode, claimWaiting);
    expect(plan).toMatchObject({ seqScans: [], rowsRead: BATCH });
  });

  test('the outcomes of a batch are not compared pair by pair when the statistics are older than the batch', async () => {
    const [plan] = await explain(
      mode,
      (tx) =>
        recordOutcomes(
          tx,
          waiting.map((execution) => ({
            ...execution,
            ...succeeded,
            claimToken: OTHER_TOKEN,
          })),
          NOON,
        ),
      claimWaiting,
    );
    expect(plan).toMatchObject({ seqScans: [], rowsRead: BATCH, rowsJoinedInVain: 0 });
  });

  test('the open executions of jobs are found without the other waiting ones when the statistics are older', async () => {
    const jobIds = Array.from({ length: 200 }, (_, place) => place + 1);
    const plans = await explain(mode, async (tx) => {
      expect(await takeWhileFewOpen(tx, jobIds, 5_000)).toHaveLength(200);
      expect(await lockOpen(tx, jobIds)).toHaveLength(200);
    });
    expect(plans.length).toBeGreaterThanOrEqual(3);
    for (const { rowsRead } of plans) expect(rowsRead).toBeLessThan(1_000);
  });

  test('the future executions of a batch are found without the other waiting ones when the statistics are older', async () => {
    const ids = waiting.map(({ id }) => id);
    const [plan] = await explain(mode, (tx) => findToCome(tx, ids, after(-60_000)));
    expect(plan).toMatchObject({ seqScans: [], executionIndexes: ['pkey'] });
    expect(plan!.rowsRead).toBeLessThanOrEqual(BATCH);
  });

  test('the requests of a batch are read without other rows when the statistics are older than the batch', async () => {
    const [plan] = await explain(mode, (tx) =>
      findExecutionRequests(
        tx,
        waiting.map(({ id }) => id),
      ),
    );
    expect(plan!.seqScans.filter((table) => table !== 'jobs')).toEqual([]);
    expect(plan!.rowsRead).toBeLessThanOrEqual(BATCH * 2);
  });
});
