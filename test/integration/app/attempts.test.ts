import { describe, expect, test } from 'vitest';
import { getExecution } from '../../../lib/app/read-execution.ts';
import type { AttemptResult } from '../../../lib/domain/retry.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

const run = async (fields: Partial<NewJob> = {}, parts?: Parameters<typeof work>[0]) => {
  const job = await createDueJob(fields);
  await belfry.clock.advanceTo(DUE);
  await work(parts);
  const { id } = await theExecution(job.id);
  return { id, job, read: () => getExecution(belfry.pool, id) };
};

const countRows = async () =>
  (await belfry.pool.query<{ count: number }>('select count(*) as count from job_attempts')).rows[0]?.count;

/** A target that answers with this body, and keeps it in parts as they arrived. */
const answering =
  (parts: (string | Uint8Array)[], headers: Record<string, string> = {}, statusCode = 500) =>
  async (): Promise<AttemptResult> => {
    const body = parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
    const bodyBytes = body.reduce((sum, { length }) => sum + length, 0);
    return { kind: 'answered', statusCode, durationMs: 5, response: { headers, body, bodyBytes } };
  };

describe('the attempts of an execution', () => {
  test('a first attempt that succeeds has no row, and is shown from the columns of its execution', async () => {
    const { read } = await run();
    expect(await countRows()).toBe(0);
    const { execution, attempts } = await read();
    expect(execution).toMatchObject({ status: 'SUCCESS', statusCode: 200, latenessMs: 0, reason: null });
    expect(attempts).toMatchObject([
      { number: 1, status: 'SUCCESS', statusCode: 200, isConnectionReused: false, response: null },
    ]);
    expect(attempts[0]?.connectMs).toBeGreaterThanOrEqual(0);
  });

  test('a failed attempt stays visible after a later success, with the response of its target', async () => {
    target.answerWith({ status: 503, headers: { 'x-why': 'maintenance' } });
    const { id, read } = await run();
    const { dueAt } = await theExecution(1);
    target.answerWith(204);
    await belfry.clock.advanceTo(dueAt);
    await work();
    const { execution, attempts } = await read();
    expect(execution).toMatchObject({ id, status: 'SUCCESS', statusCode: 204, retryCount: 1 });
    expect(attempts).toMatchObject([
      {
        number: 1,
        status: 'FAILED',
        reason: 'STATUS_NOT_SUCCESS',
        statusCode: 503,
        errorMessage: 'the target answered 503',
        retryAt: dueAt,
        startedAt: new Date(DUE),
        response: { headers: { 'x-why': 'maintenance' }, body: '', bodyEncoding: 'utf8', bodyBytes: 0 },
      },
      { number: 2, status: 'SUCCESS', statusCode: 204, startedAt: dueAt, latenessMs: 0, response: null },
    ]);
  });

  test('an attempt that runs is among the attempts', async () => {
    target.answerWith('hang');
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    const working = work();
    await expect.poll(() => target.requests.length).toBe(1);
    const { id } = await theExecution(job.id);
    expect((await getExecution(belfry.pool, id)).attempts).toMatchObject([{ number: 1, status: 'RUNNING' }]);
    target.cut();
    await working;
    expect((await getExecution(belfry.pool, id)).attempts).toMatchObject([
      { number: 1, status: 'FAILED', reason: 'CONNECTION_FAILED', errorCode: 'UND_ERR_SOCKET' },
    ]);
  });

  test('the attempt of a vanished worker is UNKNOWN, and the next one has the next number', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    const { id } = await theExecution(job.id);
    await belfry.pool.query(
      `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), started_at = $1, lease_expires_at = $1`,
      [new Date(DUE)],
    );
    await belfry.clock.advanceBy(1_000);
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    expect((await getExecution(belfry.pool, id)).attempts).toMatchObject([
      { number: 1, status: 'UNKNOWN', reason: 'WORKER_VANISHED', startedAt: new Date(DUE), durationMs: null },
      { number: 2, status: 'SUCCESS' },
    ]);
  });

  test('an attempt whose claim was lost leaves no row', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    const callTarget = async (): Promise<AttemptResult> => {
      await belfry.pool.query(`update job_executions set claim_token = gen_random_uuid()`);
      return { kind: 'answered', statusCode: 500, durationMs: 1 };
    };
    await work({ callTarget });
    expect(await theExecution(job.id)).toMatchObject({ status: 'RUNNING' });
    expect(await countRows()).toBe(0);
  });

  test('the rows of attempts are removed with the history of their day', async () => {
    target.answerWith(500);
    await run({ maxRetryCount: 0 });
    await belfry.clock.advanceBy(30 * 86_400_000);
    await belfry.runTick(belfry.inMs(50_000));
    expect(await countRows()).toBe(1);
    await belfry.clock.advanceBy(86_400_000);
    await belfry.runTick(belfry.inMs(50_000));
    expect(await countRows()).toBe(0);
  });
});

describe('the kept response', () => {
  const responseOf = async (fields: Partial<NewJob>, callTarget: ReturnType<typeof answering>) => {
    const { read } = await run({ maxRetryCount: 0, ...fields }, { callTarget });
    return (await read()).attempts[0]?.response;
  };

  test('a job with keepResponse always keeps the response of a success', async () => {
    const fields = { keepResponse: 'always' } as const;
    expect(await responseOf(fields, answering(['all ', 'well'], { a: 'b' }, 200))).toEqual({
      headers: { a: 'b' },
      body: 'all well',
      bodyEncoding: 'utf8',
      bodyBytes: 8,
    });
  });

  test('a job with keepResponse never keeps the row of a failure without the response', async () => {
    const { read } = await run(
      { maxRetryCount: 0, keepResponse: 'never' },
      { callTarget: answering(['secret']) },
    );
    expect((await read()).attempts).toMatchObject([{ status: 'FAILED', statusCode: 500, response: null }]);
  });

  test('a change of keepResponse applies to an execution that was already dispatched', async () => {
    const job = await createDueJob({ maxRetryCount: 0 });
    await belfry.changeJob(job.id, { keepResponse: 'never' });
    await belfry.clock.advanceTo(DUE);
    await work({ callTarget: answering(['x']) });
    const { id } = await theExecution(job.id);
    expect((await getExecution(belfry.pool, id)).attempts).toMatchObject([{ response: null }]);
  });

  test('a body that is not UTF-8, or has a NUL, is kept as base64', async () => {
    const bytes = Uint8Array.of(0, 1, 255);
    expect(await responseOf({}, answering([bytes]))).toMatchObject({
      body: 'AAH/',
      bodyEncoding: 'base64',
      bodyBytes: 3,
    });
  });

  test('secret headers of the response, and secrets of the request that the target repeats, are hidden', async () => {
    const headers = { 'set-cookie': 'session=1', 'x-echo': 'Bearer sesame-open', 'x-plain': 'b' };
    const callTarget = answering(['you sent ', 'sesame-', 'open to me'], headers);
    const fields = { headers: { Authorization: 'Bearer sesame-open' } };
    expect(await responseOf(fields, callTarget)).toMatchObject({
      headers: { 'set-cookie': '[secret]', 'x-echo': '[secret]', 'x-plain': 'b' },
      body: 'you sent [secret] to me',
    });
    const { rows } = await belfry.pool.query<{ row: string }>(
      'select job_attempts::text as row from job_attempts',
    );
    expect(rows[0]?.row).not.toContain('sesame');
  });
});
