import { beforeEach, describe, expect, test } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import type { DispatchedExecution } from '../../../lib/db/dispatch-executions.ts';
import { takeBatches } from '../../../lib/db/fold-outcomes.ts';
import { freeExpiredClaims } from '../../../lib/db/reconcile-executions.ts';
import { recordOutcomes, type ExecutionOutcome } from '../../../lib/db/record-outcomes.ts';
import { cancelOpen, cancelToCome, withdrawAttempts } from '../../support/take-back.ts';
import type { NextState } from '../../../lib/domain/retry.ts';
import {
  after,
  ascending,
  begin,
  dispatch,
  emptyTables,
  NOON,
  OTHER_TOKEN,
  pool,
  startExecutions,
  storeJob,
  TOKEN,
  untilBlocked,
  useOwnDatabase,
} from './fixture.ts';
import { retryAt, succeeded } from '../../support/outcomes.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const success = (durationMs: number) => ({ ...succeeded, durationMs });
const retried = { ...retryAt(after(4_000)), durationMs: 5 };
const failed = { ...retried, status: 'FAILED', durationMs: 3, dueAt: null } as const;

const outcome = (
  { id, executionTime }: DispatchedExecution,
  state: Omit<ExecutionOutcome, 'id' | 'executionTime' | 'claimToken'> & NextState,
  claimToken: string = TOKEN,
): ExecutionOutcome => ({ id, executionTime, claimToken, ...state });

/** Deletes the counted outcomes of all batches, and returns them in order. */
async function counted() {
  const batches = await takeBatches(pool, 1_000);
  return batches
    .map(({ minuteMs, status, executions, durationsMs }) => ({
      minute: new Date(minuteMs).toISOString().slice(11, 16),
      status,
      executions,
      durationsMs: ascending(durationsMs),
    }))
    .toSorted((a, b) => (a.status < b.status ? -1 : 1));
}

describe('the count of outcomes', () => {
  test('a batch of outcomes is counted in the minute in which it is recorded, by status', async () => {
    const [one, two, three, four] = await startExecutions(4);
    await recordOutcomes(
      pool,
      [
        outcome(one!, success(9)),
        outcome(two!, success(7)),
        outcome(three!, failed),
        outcome(four!, retried),
      ],
      after(90_000),
    );
    expect(await counted()).toEqual([
      { minute: '12:01', status: 'FAILED', executions: 1, durationsMs: [3] },
      { minute: '12:01', status: 'RETRYING', executions: 1, durationsMs: [5] },
      { minute: '12:01', status: 'SUCCESS', executions: 2, durationsMs: [7, 9] },
    ]);
  });

  test('an outcome is counted for the group that its job had when it was dispatched', async () => {
    const [one, two] = await startExecutions(2);
    await recordOutcomes(
      pool,
      [outcome(one!, { ...success(1), group: 'billing' }), outcome(two!, success(1))],
      NOON,
    );
    const batches = await takeBatches(pool, 10);
    expect(new Set(batches.map(({ group, executions }) => [group, executions].join()))).toEqual(
      new Set(['billing,1', ',1']),
    );
  });

  test('an execution whose request was not sent has no duration and no lateness', async () => {
    const [one, two] = await startExecutions(2);
    await recordOutcomes(
      pool,
      [outcome(one!, { ...failed, latenessMs: null }), outcome(two!, { ...failed, latenessMs: 7 })],
      NOON,
    );
    expect(await takeBatches(pool, 10)).toMatchObject([
      { executions: 2, durationsMs: [3], latenessesMs: [7] },
    ]);
  });

  test('cancelled and freed executions are counted for the group of their job', async () => {
    const { id } = await storeJob({ group: 'billing' });
    const executions = await dispatch(id, NOON, after(60_000));
    await claimExecutions(pool, {
      executions: [executions[0]!],
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: after(1_000),
    });
    await cancelToCome(pool, id, 'SCHEDULE_CHANGED', NOON);
    await freeExpiredClaims(pool, after(1_000), 10);
    const batches = await takeBatches(pool, 10);
    expect(batches.map(({ group, status }) => `${group} ${status}`).sort()).toEqual([
      'billing CANCELLED',
      'billing RETRYING',
    ]);
  });

  test('an outcome whose claim was lost is not counted', async () => {
    const [mine, lost] = await startExecutions(2);
    await recordOutcomes(pool, [outcome(mine!, success(1)), outcome(lost!, failed, OTHER_TOKEN)], NOON);
    expect(await counted()).toMatchObject([{ status: 'SUCCESS', executions: 1 }]);
    await recordOutcomes(pool, [outcome(lost!, failed, OTHER_TOKEN)], NOON);
    expect(await counted()).toEqual([]);
  });

  test('a batch that is recorded again after a lost reply is counted once', async () => {
    const [one, two] = await startExecutions(2);
    const batch = [outcome(one!, success(1)), outcome(two!, retried)];
    await recordOutcomes(pool, batch, NOON);
    await recordOutcomes(pool, batch, NOON);
    expect(await counted()).toMatchObject([
      { status: 'RETRYING', executions: 1 },
      { status: 'SUCCESS', executions: 1 },
    ]);
  });

  test('a withdrawn execution that would be retried is counted as failed', async () => {
    const [execution] = await startExecutions(1);
    await withdrawAttempts(pool, execution!.jobId, 'JOB_PAUSED', NOON);
    await recordOutcomes(pool, [outcome(execution!, retried)], NOON);
    expect(await counted()).toMatchObject([{ status: 'FAILED', executions: 1, durationsMs: [5] }]);
  });

  test('executions of vanished workers are counted as retried or failed, without a duration', async () => {
    await startExecutions(2);
    const { id } = await storeJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    const [once] = await dispatch(id, NOON);
    await claimExecutions(pool, {
      executions: [once!],
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: after(60_000),
    });
    await freeExpiredClaims(pool, after(60_000), 10);
    expect(await counted()).toEqual([
      { minute: '12:01', status: 'FAILED', executions: 1, durationsMs: [] },
      { minute: '12:01', status: 'RETRYING', executions: 2, durationsMs: [] },
    ]);
  });

  test('executions that a changed schedule cancels are counted', async () => {
    const { id } = await storeJob();
    await dispatch(id, after(-1_000), after(60_000), after(120_000));
    await cancelToCome(pool, id, 'SCHEDULE_CHANGED', NOON);
    expect(await counted()).toMatchObject([{ status: 'CANCELLED', executions: 2 }]);
    await cancelToCome(pool, id, 'SCHEDULE_CHANGED', NOON);
    expect(await counted()).toEqual([]);
  });

  test('a pause counts only the executions that it cancels', async () => {
    const [running, waits] = await startExecutions(2);
    await recordOutcomes(pool, [outcome(waits!, retried)], NOON);
    await dispatch(running!.jobId, after(60_000));
    await counted();
    await cancelOpen(pool, running!.jobId, 'JOB_PAUSED', NOON);
    expect(await counted()).toMatchObject([{ status: 'CANCELLED', executions: 2 }]);
  });

  test('a transaction that is rolled back counts nothing', async () => {
    const [execution] = await startExecutions(1);
    const connection = await pool.connect();
    await connection.query('begin');
    await recordOutcomes(connection, [outcome(execution!, success(1))], NOON);
    await connection.query('rollback');
    connection.release(false);
    expect(await counted()).toEqual([]);
  });

  test('workers that record outcomes of one minute at the same time do not wait for each other', async () => {
    const [one, two] = await startExecutions(2);
    const { tx } = await begin();
    await recordOutcomes(tx, [outcome(one!, success(1))], NOON);
    // The first transaction is still open. Without a lock in the way, the second statement returns.
    await recordOutcomes(pool, [outcome(two!, success(1))], NOON);
    expect(await counted()).toMatchObject([{ executions: 1 }]);
  });

  test('a fold does not wait for workers, and leaves what they have not committed', async () => {
    const [one] = await startExecutions(1);
    const { tx, commit } = await begin();
    await recordOutcomes(tx, [outcome(one!, success(1))], NOON);
    expect(await counted()).toEqual([]);
    await commit();
    expect(await counted()).toMatchObject([{ executions: 1 }]);
  });

  test('two folds at the same time take different outcomes', async () => {
    const [one] = await startExecutions(1);
    await recordOutcomes(pool, [outcome(one!, success(1))], NOON);
    const { tx, commit } = await begin();
    expect(await takeBatches(tx, 10)).toHaveLength(1);
    const second = counted();
    await untilBlocked();
    await commit();
    expect(await second).toEqual([]);
  });
});
