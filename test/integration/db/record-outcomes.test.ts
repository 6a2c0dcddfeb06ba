import { beforeEach, describe, expect, test } from 'vitest';
import type { NextState } from '../../../lib/domain/retry.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { freeExpiredClaims } from '../../../lib/db/reconcile-executions.ts';
import { recordOutcomes, type ExecutionOutcome } from '../../../lib/db/record-outcomes.ts';
import { withdrawAttempts } from '../../../lib/db/take-back-executions.ts';
import {
  after,
  dispatch,
  emptyTables,
  NOON,
  OTHER_TOKEN,
  pool,
  readExecutions,
  storeJob,
  TOKEN,
} from './fixture.ts';

beforeEach(emptyTables);

type Running = { id: number; jobId: number; executionTime: Date };

async function startExecutions(count: number): Promise<Running[]> {
  const { id } = await storeJob();
  const executions = await dispatch(id, ...Array.from({ length: count }, (_, index) => after(-index)));
  await claim(executions, TOKEN);
  return executions;
}

async function claim(executions: readonly Running[], claimToken: string): Promise<void> {
  const lease = { now: NOON, dueBy: after(60_000), leaseExpiresAt: after(60_000) };
  const claims = await claimExecutions(pool, { executions, claimToken, ...lease });
  expect(claims).toHaveLength(executions.length);
}

const success: NextState = { status: 'SUCCESS', durationMs: 12, errorMessage: null, dueAt: null };

function outcome(
  { id, executionTime }: Running,
  { state = success, claimToken = TOKEN }: { state?: NextState; claimToken?: string } = {},
): ExecutionOutcome {
  return { id, executionTime, claimToken, ...state };
}

const retry: NextState = {
  status: 'RETRYING',
  durationMs: 12,
  errorMessage: 'HTTP 500',
  dueAt: after(4_000),
};

describe('recordOutcomes', () => {
  test('recordOutcomes writes success, failure and retry of a batch, and ends the claims', async () => {
    const [one, two, three] = await startExecutions(3);
    const recorded = await recordOutcomes(
      pool,
      [
        outcome(one!, { state: { ...success, durationMs: 1 } }),
        outcome(two!, { state: { status: 'FAILED', durationMs: 2, errorMessage: 'refused', dueAt: null } }),
        outcome(three!, { state: { ...retry, durationMs: 3 } }),
      ],
      after(500),
    );
    expect(new Map(recorded.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [one!.id, 'SUCCESS'],
        [two!.id, 'FAILED'],
        [three!.id, 'RETRYING'],
      ]),
    );
    const ended = { claim_token: null, lease_expires_at: null, updated_at: after(500), started_at: NOON };
    expect(await readExecutions(one!.id, two!.id, three!.id)).toMatchObject([
      {
        ...ended,
        status: 'SUCCESS',
        execution_duration: 1,
        error_message: null,
        retry_count: 0,
        due_at: NOON,
      },
      { ...ended, status: 'FAILED', execution_duration: 2, error_message: 'refused', retry_count: 0 },
      { ...ended, status: 'RETRYING', execution_duration: 3, retry_count: 1, due_at: after(4_000) },
    ]);
  });

  test('recordOutcomes writes only the valid claim of a batch when another claim of it is lost', async () => {
    const [mine, lost] = await startExecutions(2);
    const recorded = await recordOutcomes(
      pool,
      [outcome(mine!), outcome(lost!, { claimToken: OTHER_TOKEN })],
      NOON,
    );
    expect(recorded).toEqual([{ id: mine!.id, status: 'SUCCESS' }]);
    expect(await readExecutions(lost!.id)).toMatchObject([{ status: 'RUNNING', claim_token: TOKEN }]);
  });

  test('recordOutcomes writes nothing for a claim that was freed or that another worker has taken', async () => {
    const [execution] = await startExecutions(1);
    await freeExpiredClaims(pool, after(60_000), 10);
    expect(await recordOutcomes(pool, [outcome(execution!)], after(60_001))).toEqual([]);
    expect(await readExecutions(execution!.id)).toMatchObject([{ status: 'RETRYING', retry_count: 1 }]);
    await claim([execution!], OTHER_TOKEN);
    expect(await recordOutcomes(pool, [outcome(execution!)], after(60_002))).toEqual([]);
    expect(
      await recordOutcomes(pool, [outcome(execution!, { claimToken: OTHER_TOKEN })], after(60_003)),
    ).toEqual([{ id: execution!.id, status: 'SUCCESS' }]);
  });

  test('recordOutcomes writes an outcome once', async () => {
    const [execution] = await startExecutions(1);
    await recordOutcomes(pool, [outcome(execution!, { state: retry })], NOON);
    expect(await recordOutcomes(pool, [outcome(execution!, { state: retry })], NOON)).toEqual([]);
    expect(await readExecutions(execution!.id)).toMatchObject([{ retry_count: 1 }]);
  });

  test('recordOutcomes fails, instead of retrying, an execution that was withdrawn while it ran', async () => {
    const [execution, succeeded] = await startExecutions(2);
    await withdrawAttempts(pool, execution!.jobId, 'the job was paused', NOON);
    const recorded = await recordOutcomes(
      pool,
      [outcome(execution!, { state: retry }), outcome(succeeded!)],
      NOON,
    );
    expect(recorded.map((row) => row.status).sort()).toEqual(['FAILED', 'SUCCESS']);
    expect(await readExecutions(execution!.id)).toMatchObject([
      { status: 'FAILED', retry_count: 0, due_at: NOON, error_message: 'HTTP 500' },
    ]);
  });

  test('recordOutcomes counts every retry', async () => {
    const [execution] = await startExecutions(1);
    for (const retries of [1, 2, 3]) {
      await recordOutcomes(pool, [outcome(execution!, { state: retry })], NOON);
      expect(await readExecutions(execution!.id)).toMatchObject([{ retry_count: retries }]);
      await claim([execution!], TOKEN);
    }
  });

  test('recordOutcomes of an empty list writes nothing', async () => {
    expect(await recordOutcomes(pool, [], NOON)).toEqual([]);
  });
});
