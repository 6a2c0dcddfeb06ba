import { beforeEach, describe, expect, test } from 'vitest';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { findExecutionRequests, insertExecutions } from '../../../lib/db/dispatch-executions.ts';
import { listUpcoming } from '../../../lib/db/execution-history.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { cancelToCome, withdrawAttempts } from '../../support/take-back.ts';
import {
  after,
  begin,
  dispatch,
  emptyTables,
  NOON,
  pool,
  readExecutions,
  storeJob,
  TOKEN,
  untilBlocked,
  useOwnDatabase,
} from './fixture.ts';
import { retryAt } from '../../support/outcomes.ts';

await useOwnDatabase();

beforeEach(emptyTables);

describe('insertExecutions', () => {
  test('insertExecutions writes one execution for each occurrence, due at its time', async () => {
    const { id } = await storeJob();
    const dispatched = await dispatch(id, NOON, after(1_000));
    expect(dispatched).toEqual([
      { id: expect.any(Number), jobId: id, executionTime: NOON },
      { id: expect.any(Number), jobId: id, executionTime: after(1_000) },
    ]);
    const rows = await readExecutions(...dispatched.map((row) => row.id));
    expect(rows.map((row) => [row.status, row.retry_count, row.due_at])).toEqual([
      ['SCHEDULED', 0, NOON],
      ['SCHEDULED', 0, after(1_000)],
    ]);
  });

  test('insertExecutions returns the new executions, and leaves existing ones alone', async () => {
    const { id } = await storeJob();
    const [first] = await dispatch(id, NOON);
    const before = await readExecutions(first!.id);
    const again = await dispatch(id, NOON, after(1_000));
    expect(again.map((row) => row.executionTime)).toEqual([after(1_000)]);
    expect(await readExecutions(first!.id)).toEqual(before);
    expect((await listUpcoming(pool, id, { limit: 10, offset: 0 })).items).toHaveLength(2);
  });

  test('insertExecutions writes an occurrence once when two ticks insert it at the same time', async () => {
    const { id } = await storeJob();
    const occurrence = [{ jobId: id, jobRevision: 1, executionTime: NOON }];
    const one = await begin();
    const two = await begin();
    const first = await insertExecutions(one.tx, occurrence, NOON);
    const second = insertExecutions(two.tx, occurrence, NOON);
    await untilBlocked();
    await one.commit();
    expect(first).toHaveLength(1);
    expect(await second).toEqual([]);
  });

  test('insertExecutions restores an execution under a new id when it was taken back before it ran', async () => {
    const { id } = await storeJob();
    const [old] = await dispatch(id, NOON);
    await cancelToCome(pool, id, 'SCHEDULE_CHANGED', after(-1));
    const [restored] = await insertExecutions(
      pool,
      [{ jobId: id, jobRevision: 7, executionTime: NOON }],
      after(5),
    );
    expect(restored!.id).toBeGreaterThan(old!.id);
    expect(await readExecutions(old!.id)).toEqual([]);
    expect(await readExecutions(restored!.id)).toMatchObject([
      { status: 'SCHEDULED', job_revision: 7, error_message: null, updated_at: after(5) },
    ]);
    const stale = { claimToken: TOKEN, now: NOON, dueBy: NOON, leaseExpiresAt: after(60_000) };
    expect(await claimExecutions(pool, { ...stale, executions: [old!] })).toEqual([]);
  });

  test('insertExecutions does not restore an execution that was ever sent', async () => {
    const { id } = await storeJob();
    const executions = await dispatch(id, NOON);
    const executionId = executions[0]!.id;
    await claimExecutions(pool, {
      executions,
      claimToken: TOKEN,
      now: NOON,
      dueBy: NOON,
      leaseExpiresAt: after(6e4),
    });
    const outcome = { ...retryAt(after(1)), claimToken: TOKEN };
    await recordOutcomes(pool, [{ ...outcome, id: executionId, executionTime: NOON }], NOON);
    await withdrawAttempts(pool, id, 'JOB_PAUSED', NOON);
    expect(await dispatch(id, NOON)).toEqual([]);
    expect(await readExecutions(executionId)).toMatchObject([{ status: 'CANCELLED' }]);
  });
});

describe('findExecutionRequests', () => {
  test('findExecutionRequests returns open executions with the current request of their job', async () => {
    const job = await storeJob({ api: 'http://127.0.0.1/now', headers: { 'X-A': '1' }, body: '{"a":[1]}' });
    const [open, cancelled] = await dispatch(job.id, NOON, after(1));
    await pool.query(`update job_executions set status = 'CANCELLED' where id = $1`, [cancelled!.id]);
    expect(await findExecutionRequests(pool, [open!.id, cancelled!.id, 0])).toEqual([
      {
        id: open!.id,
        jobId: job.id,
        revision: 1,
        executionTime: NOON,
        dueAt: NOON,
        isRetry: false,
        trigger: 'SCHEDULE',
        originId: null,
        requestUrl: null,
        hasOwnBody: false,
        api: 'http://127.0.0.1/now',
        method: 'POST',
        headers: { 'X-A': '1' },
        body: '{"a":[1]}',
        type: 'AT_LEAST_ONCE',
        maxRetryCount: 3,
        retry: null,
        maxAgeSeconds: null,
        stopOn: null,
        success: null,
        keepResponse: 'failures',
        isTraced: true,
        group: null,
        timeoutMs: 30_000,
      },
    ]);
  });

  test('findExecutionRequests leaves a large request in the database', async () => {
    const body = JSON.stringify('x'.repeat(3_000));
    const [execution] = await dispatch((await storeJob({ body })).id, NOON);
    expect(await findExecutionRequests(pool, [execution!.id])).toMatchObject([
      { id: execution!.id, api: 'http://127.0.0.1:9/', headers: null, body: null },
    ]);
  });
});
