import { beforeEach, describe, expect, test } from 'vitest';
import type { NextState } from '../../../lib/domain/retry.ts';
import { cancelExecutions } from '../../../lib/db/cancel-executions.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import type { DispatchedExecution } from '../../../lib/db/dispatch-executions.ts';
import { freeExpiredClaims } from '../../../lib/db/reconcile-executions.ts';
import { recordOutcomes, type ExecutionOutcome } from '../../../lib/db/record-outcomes.ts';
import { withdrawAttempts } from '../../support/take-back.ts';
import {
  after,
  emptyTables,
  NOON,
  OTHER_TOKEN,
  pool,
  readExecutions,
  startExecutions,
  TOKEN,
  useOwnDatabase,
} from './fixture.ts';
import { retryAt, succeeded } from '../../support/outcomes.ts';

await useOwnDatabase();

beforeEach(emptyTables);

async function claim(executions: readonly DispatchedExecution[], claimToken: string): Promise<void> {
  const lease = { now: NOON, dueBy: after(60_000), leaseExpiresAt: after(60_000) };
  const claims = await claimExecutions(pool, { executions, claimToken, ...lease });
  expect(claims).toHaveLength(executions.length);
}

function outcome(
  { id, executionTime }: DispatchedExecution,
  {
    state = succeeded,
    claimToken = TOKEN,
    latenessMs = 0,
    timings,
  }: { state?: NextState } & Partial<Pick<ExecutionOutcome, 'claimToken' | 'latenessMs' | 'timings'>> = {},
): ExecutionOutcome {
  return { id, executionTime, claimToken, ...state, latenessMs, timings };
}

const retry: NextState = retryAt(after(4_000));
const failure: NextState = { ...retry, status: 'FAILED', dueAt: null };

async function readFacts(id: number): Promise<Record<string, unknown> | undefined> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select reason, status_code, lateness_ms, first_byte_ms, dns_ms, connect_ms, tls_ms, started_at, finished_at
       from job_executions where id = $1`,
    [id],
  );
  return rows[0];
}

describe('recordOutcomes', () => {
  test('recordOutcomes writes success, failure and retry of a batch, and ends the claims', async () => {
    const [one, two, three] = await startExecutions(3);
    const recorded = await recordOutcomes(
      pool,
      [
        outcome(one!, { state: { ...succeeded, durationMs: 1 } }),
        outcome(two!, { state: { ...failure, durationMs: 2, errorMessage: 'refused' }, latenessMs: 1 }),
        outcome(three!, { state: { ...retry, durationMs: 3 }, latenessMs: 2 }),
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

  test('recordOutcomes counts an attempt that its target has put off apart from the retries', async () => {
    const [one, two] = await startExecutions(2);
    await pool.query('update job_executions set is_withdrawn = true where id = $1', [two!.id]);
    const state = { ...retryAt(after(4_000)), spendsRetry: false };
    await recordOutcomes(pool, [outcome(one!, { state }), outcome(two!, { state })], after(500));
    expect(await readExecutions(one!.id, two!.id)).toMatchObject([
      { status: 'RETRYING', retry_count: 0, put_off_count: 1, due_at: after(4_000) },
      { status: 'FAILED', retry_count: 0, put_off_count: 0 },
    ]);
  });

  test('recordOutcomes writes what was measured, and keeps the lateness of the first request', async () => {
    const [execution] = await startExecutions(1);
    const timings = { isReused: false, dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 9 };
    await recordOutcomes(pool, [outcome(execution!, { state: retry, latenessMs: 40, timings })], after(50));
    expect(await readFacts(execution!.id)).toEqual({
      reason: 'STATUS_NOT_SUCCESS',
      status_code: 503,
      lateness_ms: 40,
      first_byte_ms: 9,
      dns_ms: 1,
      connect_ms: 2,
      tls_ms: 3,
      started_at: after(40),
      finished_at: null,
    });
    await claim([execution!], TOKEN);
    const reused = { isReused: true, firstByteMs: 5 };
    await recordOutcomes(pool, [outcome(execution!, { latenessMs: 7, timings: reused })], after(4_020));
    expect(await readFacts(execution!.id)).toEqual({
      reason: null,
      status_code: 200,
      lateness_ms: 40,
      first_byte_ms: 5,
      dns_ms: null,
      connect_ms: null,
      tls_ms: null,
      started_at: after(4_007),
      finished_at: after(4_020),
    });
  });

  test('recordOutcomes keeps the time of the claim, and no lateness, of a request that did not leave', async () => {
    const [execution] = await startExecutions(1);
    const state = { ...failure, reason: 'TARGET_REFUSED', statusCode: null } as const;
    await recordOutcomes(pool, [outcome(execution!, { state, latenessMs: null })], after(50));
    expect(await readFacts(execution!.id)).toMatchObject({
      reason: 'TARGET_REFUSED',
      lateness_ms: null,
      started_at: NOON,
      finished_at: after(50),
    });
  });

  test('recordOutcomes stores a lateness of more than 24 days as the greatest that the column holds', async () => {
    const [execution] = await startExecutions(1);
    const latenessMs = 30 * 86_400_000;
    await recordOutcomes(pool, [outcome(execution!, { latenessMs })], after(latenessMs));
    expect(await readFacts(execution!.id)).toMatchObject({
      lateness_ms: 2_147_483_647,
      started_at: after(latenessMs),
    });
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
    await withdrawAttempts(pool, execution!.jobId, 'JOB_PAUSED', NOON);
    const recorded = await recordOutcomes(
      pool,
      [outcome(execution!, { state: retry }), outcome(succeeded!)],
      NOON,
    );
    expect(recorded.map((row) => row.status).sort()).toEqual(['FAILED', 'SUCCESS']);
    expect(await readExecutions(execution!.id)).toMatchObject([
      { status: 'FAILED', retry_count: 0, due_at: NOON, error_message: 'the target answered 503' },
    ]);
  });

  test('recordOutcomes ends a cancelled execution as CANCELLED, unless it has succeeded', async () => {
    const [failed, retried, succeeded] = await startExecutions(3);
    await cancelExecutions(pool, [failed!, retried!, succeeded!], NOON);
    const recorded = await recordOutcomes(
      pool,
      [outcome(failed!, { state: failure }), outcome(retried!, { state: retry }), outcome(succeeded!)],
      NOON,
    );
    expect(recorded.map((row) => row.status).sort()).toEqual(['CANCELLED', 'CANCELLED', 'SUCCESS']);
    expect(await readExecutions(failed!.id, retried!.id, succeeded!.id)).toMatchObject([
      { status: 'CANCELLED', error_message: 'cancelled by a caller; last attempt: the target answered 503' },
      {
        status: 'CANCELLED',
        error_message: 'cancelled by a caller; last attempt: the target answered 503',
        retry_count: 0,
      },
      { status: 'SUCCESS', error_message: null },
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
