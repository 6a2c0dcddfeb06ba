import { beforeEach, describe, expect, test } from 'vitest';
import { claimExecutions, type ClaimRequest } from '../../../lib/db/claim-executions.ts';
import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { cancelToCome } from '../../support/take-back.ts';
import {
  after,
  begin,
  dispatch,
  emptyTables,
  NOON,
  OTHER_TOKEN,
  pool,
  readExecutions,
  storeJob,
  TOKEN,
  untilBlocked,
  useOwnDatabase,
} from './fixture.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

await useOwnDatabase();

beforeEach(emptyTables);

function request(
  executions: ClaimRequest['executions'],
  overrides: Partial<ClaimRequest> = {},
): ClaimRequest {
  return {
    executions,
    claimToken: TOKEN,
    now: NOON,
    dueBy: NOON,
    leaseExpiresAt: after(60_000),
    ...overrides,
  };
}

const idsOf = (rows: readonly { id: number }[]) => rows.map((row) => row.id).sort((a, b) => a - b);

describe('claimExecutions', () => {
  test('claiming gives due executions to the caller, and returns their requests', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, after(-1), NOON);
    const claims = await claimExecutions(pool, request(executions));
    expect(claims.sort((a, b) => a.id - b.id)).toEqual(
      idsOf(executions).map((id) => ({
        id,
        jobRevision: 1,
        retryCount: 0,
        putOffCount: 0,
        retryDueAt: null,
      })),
    );
    for (const row of await readExecutions(...idsOf(executions))) {
      expect(row).toMatchObject({
        status: 'RUNNING',
        claim_token: TOKEN,
        lease_expires_at: after(60_000),
        started_at: NOON,
        updated_at: NOON,
      });
    }
  });

  test('one call claims executions of several days', async () => {
    await ensurePartitions(pool, NOON, 1);
    const { id } = await storeJob();
    const executions = await dispatch(id, after(-DAY_MS), NOON, after(DAY_MS));
    const claims = await claimExecutions(pool, request(executions, { dueBy: after(DAY_MS) }));
    expect(idsOf(claims)).toEqual(idsOf(executions));
  });

  test('executions are not claimed when they are due later, taken back, running, finished or nonexistent', async () => {
    const { id } = await storeJob();
    const times = ['SCHEDULED', 'CANCELLED', 'SUCCESS', 'FAILED'].map((_, index) => after(-index));
    const executions = await dispatch(id, after(1), ...times);
    const [, running, cancelled, succeeded, failed] = executions;
    await claimExecutions(pool, request([running!], { claimToken: OTHER_TOKEN }));
    for (const [execution, status] of [
      [cancelled, 'CANCELLED'],
      [succeeded, 'SUCCESS'],
      [failed, 'FAILED'],
    ] as const) {
      await pool.query('update job_executions set status = $2 where id = $1', [execution!.id, status]);
    }
    const before = await readExecutions(...idsOf(executions));
    expect(await claimExecutions(pool, request([...executions, { id: 0, executionTime: NOON }]))).toEqual([]);
    expect(await readExecutions(...idsOf(executions))).toEqual(before);
  });

  test('an execution is not claimed before its backoff ends, regardless of its execution time', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON);
    await pool.query(`update job_executions set status = 'RETRYING', retry_count = 2, due_at = $1`, [
      after(4_000),
    ]);
    expect(await claimExecutions(pool, request(executions, { dueBy: after(3_999) }))).toEqual([]);
    expect(await claimExecutions(pool, request(executions, { dueBy: after(4_000) }))).toMatchObject([
      { retryCount: 2, retryDueAt: after(4_000) },
    ]);
  });

  test('two callers at the same time claim each execution once', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON, after(-1), after(-2), after(-3));
    const one = await begin();
    const two = await begin();
    const first = await claimExecutions(one.tx, request(executions.slice(0, 3)));
    const second = claimExecutions(two.tx, request(executions.slice(1), { claimToken: OTHER_TOKEN }));
    await untilBlocked();
    await one.commit();
    expect(idsOf(first)).toEqual(idsOf(executions.slice(0, 3)));
    expect(idsOf(await second)).toEqual(idsOf(executions.slice(3)));
  });

  test('executions go to the other caller when the first one dies during its claim', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON);
    const one = await begin();
    const two = await begin();
    await claimExecutions(one.tx, request(executions));
    const second = claimExecutions(two.tx, request(executions, { claimToken: OTHER_TOKEN }));
    await untilBlocked();
    await one.tx.query('rollback; begin');
    expect(idsOf(await second)).toEqual(idsOf(executions));
  });

  test('executions that are taken back while the claim waits are not claimed', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON);
    const change = await begin();
    await cancelToCome(change.tx, id, 'JOB_PAUSED', after(-1));
    const claim = claimExecutions(pool, request(executions));
    await untilBlocked();
    await change.commit();
    expect(await claim).toEqual([]);
  });

  test('claiming an empty list claims nothing', async () => {
    expect(await claimExecutions(pool, request([]))).toEqual([]);
  });
});
