import { beforeEach, describe, expect, test } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import type { DispatchedExecution } from '../../../lib/db/dispatch-executions.ts';
import {
  findOldestDue,
  freeExpiredClaims,
  listWaitingExecutions,
} from '../../../lib/db/reconcile-executions.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { withdrawAttempts } from '../../support/take-back.ts';
import {
  after,
  begin,
  cleanUpWith,
  dispatch,
  emptyTables,
  NOON,
  pool,
  readExecutions,
  storeJob,
  TOKEN,
  untilBlocked,
  ascending,
  useOwnDatabase,
} from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const LEASE_END = after(60_000);

/** Executions whose leases end one millisecond after the other. */
async function startExecutions(jobId: number, count = 1): Promise<DispatchedExecution[]> {
  const executions = await dispatch(jobId, ...Array.from({ length: count }, (_, index) => after(-index)));
  for (const [index, execution] of executions.entries()) {
    await claimExecutions(pool, {
      executions: [execution],
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: after(index, LEASE_END),
    });
  }
  return executions;
}

describe('freeExpiredClaims', () => {
  test('freeExpiredClaims makes an AT_LEAST_ONCE execution run again at once, as a retry', async () => {
    const { id } = await storeJob();
    const [execution] = await startExecutions(id);
    expect(await freeExpiredClaims(pool, after(5, LEASE_END), 10)).toMatchObject([
      { id: execution!.id, status: 'RETRYING' },
    ]);
    expect(await readExecutions(execution!.id)).toMatchObject([
      {
        status: 'RETRYING',
        retry_count: 1,
        due_at: after(5, LEASE_END),
        updated_at: after(5, LEASE_END),
        claim_token: null,
        lease_expires_at: null,
        error_message: expect.stringContaining('unknown'),
      },
    ]);
  });

  test.each([
    ['AT_MOST_ONCE', { type: 'AT_MOST_ONCE', maxRetryCount: 0 }],
    ['a job whose retries are used up', { maxRetryCount: 0 }],
  ] as const)('freeExpiredClaims fails the execution of a vanished worker: %s', async (_, overrides) => {
    const { id } = await storeJob(overrides);
    const [execution] = await startExecutions(id);
    expect(await freeExpiredClaims(pool, LEASE_END, 10)).toMatchObject([
      { id: execution!.id, status: 'FAILED' },
    ]);
    expect(await readExecutions(execution!.id)).toMatchObject([
      { status: 'FAILED', retry_count: 0, due_at: NOON, claim_token: null, lease_expires_at: null },
    ]);
  });

  test('freeExpiredClaims fails a withdrawn execution', async () => {
    const { id } = await storeJob();
    const [execution] = await startExecutions(id);
    await withdrawAttempts(pool, id, 'JOB_PAUSED', NOON);
    expect(await freeExpiredClaims(pool, LEASE_END, 10)).toMatchObject([
      { id: execution!.id, status: 'FAILED' },
    ]);
  });

  test('freeExpiredClaims leaves claims whose lease still runs', async () => {
    const { id } = await storeJob();
    await startExecutions(id);
    expect(await freeExpiredClaims(pool, after(-1, LEASE_END), 10)).toEqual([]);
  });

  test('freeExpiredClaims frees the oldest claims first, up to the limit', async () => {
    const { id } = await storeJob();
    const executions = await startExecutions(id, 3);
    const late = after(10, LEASE_END);
    const first = await freeExpiredClaims(pool, late, 2);
    expect(ascending(first.map((row) => row.id))).toEqual(executions.slice(0, 2).map((row) => row.id));
    expect(await freeExpiredClaims(pool, late, 2)).toHaveLength(1);
    expect(await freeExpiredClaims(pool, late, 2)).toEqual([]);
  });

  test('freeExpiredClaims frees each claim once when two ticks run it at the same time', async () => {
    const { id } = await storeJob();
    const executions = await startExecutions(id, 3);
    const one = await begin();
    const two = await begin();
    const late = after(10, LEASE_END);
    const first = await freeExpiredClaims(one.tx, late, 2);
    const second = await freeExpiredClaims(two.tx, late, 10);
    expect(ascending([...first, ...second].map((row) => row.id))).toEqual(executions.map((row) => row.id));
    expect(second).toHaveLength(1);
  });

  test('freeExpiredClaims fails an execution that is withdrawn between its snapshot and its lock', async () => {
    const jobs = [await storeJob(), await storeJob()];
    const [first] = await startExecutions(jobs[0]!.id);
    const [second] = await startExecutions(jobs[1]!.id);
    await pool.query('update job_executions set lease_expires_at = $2 where id = $1', [
      second!.id,
      after(1, LEASE_END),
    ]);
    // The statement stops between its first row and its second row.
    await pool.query(
      `create function pause() returns trigger language plpgsql as
         $$ begin perform pg_advisory_xact_lock(1); return new; end $$;
       create trigger pause before update on job_executions for each row
         when (old.lease_expires_at is not null and new.lease_expires_at is null) execute function pause()`,
    );
    cleanUpWith(() => pool.query('drop function pause cascade'));
    const stop = await begin();
    await stop.tx.query('select pg_advisory_xact_lock(1)');
    const freeing = freeExpiredClaims(pool, after(1, LEASE_END), 10);
    await untilBlocked();
    const { rowCount } = await pool.query(
      `update job_executions set is_withdrawn = true
        where id in (select id from job_executions where id = $1 for update skip locked)`,
      [second!.id],
    );
    expect(rowCount).toBe(1);
    await stop.commit();
    expect(new Map((await freeing).map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [first!.id, 'RETRYING'],
        [second!.id, 'FAILED'],
      ]),
    );
  });
});

describe('listWaitingExecutions', () => {
  const start = { id: 0, dueAt: new Date(0) };

  test('listWaitingExecutions pages through waiting executions that are due by the horizon, the earliest first', async () => {
    const { id } = await storeJob();
    const later = await storeJob();
    const times = [after(3), after(1), after(2), after(4)];
    const executions = await dispatch(id, ...times);
    const [tied] = await dispatch(later.id, after(1));
    await pool.query(`update job_executions set status = 'RETRYING' where id = $1`, [executions[2]!.id]);
    const expected = [executions[1]!, tied!, executions[2]!, executions[0]!].map((row) => row.id);

    const seen: number[] = [];
    let position = start;
    for (;;) {
      const page = await listWaitingExecutions(pool, after(3), position, 1);
      if (page[0] === undefined) break;
      seen.push(page[0].id);
      position = page[0];
    }
    expect(seen).toEqual(expected);
  });

  test('listWaitingExecutions uses the due time of the attempt, and leaves out running and finished executions', async () => {
    const { id } = await storeJob();
    const [waiting, running, ...done] = await dispatch(id, after(-5), NOON, after(-1), after(-2), after(-3));
    await claimExecutions(pool, {
      executions: [running!],
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: LEASE_END,
    });
    for (const [index, status] of ['SUCCESS', 'FAILED', 'CANCELLED'].entries()) {
      await pool.query('update job_executions set status = $2 where id = $1', [done[index]!.id, status]);
    }
    await pool.query('update job_executions set due_at = $2 where id = $1', [waiting!.id, after(9)]);
    expect(await listWaitingExecutions(pool, after(8), start, 10)).toEqual([]);
    expect(await listWaitingExecutions(pool, after(9), start, 10)).toEqual([
      { id: waiting!.id, dueAt: after(9) },
    ]);
  });
});

describe('findOldestDue', () => {
  test('findOldestDue finds the time at which the oldest waiting execution was due, in any partition', async () => {
    await ensurePartitions(pool, NOON, 1);
    const { id } = await storeJob();
    expect(await findOldestDue(pool, NOON)).toBeUndefined();
    const [running, oldest] = await dispatch(id, after(-3 * DAY_MS), after(-5), after(-4), after(1));
    await pool.query(`update job_executions set status = 'RETRYING' where id = $1`, [oldest!.id]);
    await pool.query(`update job_executions set status = 'SUCCESS' where id = $1`, [running!.id]);
    expect(await findOldestDue(pool, NOON)).toEqual(after(-5));
    expect(await findOldestDue(pool, after(-5))).toEqual(after(-5));
    expect(await findOldestDue(pool, after(-6))).toBeUndefined();
  });
});
