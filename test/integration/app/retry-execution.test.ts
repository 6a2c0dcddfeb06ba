import { describe, expect, test } from 'vitest';
import { ExecutionNotFoundError, ExecutionNotRetryableError } from '../../../lib/domain/errors.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

const retry = (id: number, force = false) => belfry.retryExecution(id, { force });

async function failed(fields: Parameters<typeof createDueJob>[0] = {}) {
  const job = await createDueJob({ maxRetryCount: 0, ...fields });
  target.answerWith(503);
  await belfry.clock.advanceTo(DUE);
  await work();
  target.answerWith(200);
  const [execution] = await belfry.executions(job.id);
  return { job, execution: execution! };
}

test('a failed execution is repeated as a new execution that names it', async () => {
  const { job, execution } = await failed();
  const again = await retry(execution.id);
  expect(again).toMatchObject({
    jobId: job.id,
    trigger: 'REDRIVE',
    originId: execution.id,
    status: 'SCHEDULED',
  });
  expect(await work()).toMatchObject({ succeeded: 1 });
  expect(await belfry.executions(job.id)).toMatchObject([
    { id: execution.id, status: 'FAILED' },
    { id: again.id, status: 'SUCCESS' },
  ]);
  const [first, second] = target.requests.map(({ headers }) => headers);
  expect(second).toMatchObject({ 'x-belfry-trigger': 'REDRIVE', 'x-belfry-origin-id': String(execution.id) });
  expect(second?.['idempotency-key']).not.toBe(first?.['idempotency-key']);
});

test('a repeated run by hand sends the body that it had', async () => {
  const job = await createDueJob({
    maxRetryCount: 0,
    body: '"nightly"',
    schedule: '@hourly',
    isRecurring: true,
  });
  target.answerWith(503);
  const run = await belfry.runJob(job.id, { body: '"catch-up"' });
  await work();
  await retry(run.id);
  await work();
  expect(target.requests.map(({ body }) => body)).toEqual(['catch-up', 'catch-up']);
});

test('a cancelled execution can be repeated', async () => {
  const job = await createDueJob();
  const { id } = await theExecution(job.id);
  await belfry.cancelExecution(id);
  await retry(id);
  expect(await work()).toMatchObject({ succeeded: 1 });
});

test('an execution that has not ended cannot be repeated', async () => {
  const job = await createDueJob();
  const { id } = await theExecution(job.id);
  await expect(retry(id, true)).rejects.toThrow(ExecutionNotRetryableError);
  await expect(retry(id, true)).rejects.toThrow(
    'is SCHEDULED, and has not ended; wait for its end, or cancel it first',
  );
});

test('an execution that has succeeded is repeated only when the caller insists', async () => {
  const job = await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  const { id } = await theExecution(job.id);
  await expect(retry(id)).rejects.toThrow('send {"force": true} to repeat it even so');
  await retry(id, true);
  expect(await work()).toMatchObject({ succeeded: 1 });
});

test('an execution of a deleted job, or one that never existed, cannot be repeated', async () => {
  const { job, execution } = await failed();
  await belfry.deleteJob(job.id);
  await expect(retry(execution.id)).rejects.toThrow(`because job ${job.id} is deleted`);
  await expect(retry(execution.id + 1)).rejects.toThrow(ExecutionNotFoundError);
});

describe('an execution that is being repeated', () => {
  test('several requests at once make one repetition, and the refused ones name it', async () => {
    const { job, execution } = await failed();
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => retry(execution.id)));
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect(made).toHaveLength(1);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'EXECUTION_NOT_RETRYABLE', executionId: made[0]!.id });
    expect(await belfry.executions(job.id)).toHaveLength(2);
  });

  test('an execution is repeated again when the caller insists, or when the repetition has ended', async () => {
    const { job, execution } = await failed();
    const first = await retry(execution.id);
    await expect(retry(execution.id)).rejects.toThrow(`is being repeated by execution ${first.id}`);
    await retry(execution.id, true);
    await work();
    await retry(execution.id);
    expect(await belfry.executions(job.id)).toHaveLength(4);
  });

  test('an open report of the failure does not count as a repetition', async () => {
    const { execution } = await failed({ onFailure: 'http://127.0.0.1:9/reports' });
    const { rows } = await belfry.pool.query(
      `select from job_executions where trigger = 'CALLBACK' and origin_id = $1 and status in ('SCHEDULED', 'RETRYING')`,
      [execution.id],
    );
    expect(rows).toHaveLength(1);
    expect(await retry(execution.id)).toMatchObject({ trigger: 'REDRIVE' });
  });

  test('a report is repeated once at a time, too', async () => {
    await failed({ onFailure: 'http://127.0.0.1:9/reports' });
    const { rows } = await belfry.pool.query<{ id: number }>(
      `update job_executions set status = 'FAILED', finished_at = updated_at where trigger = 'CALLBACK' returning id`,
    );
    const report = rows[0]!.id;
    const again = await retry(report);
    expect(again).toMatchObject({ trigger: 'CALLBACK', originId: report });
    await expect(retry(report)).rejects.toMatchObject({ executionId: again.id });
  });

  test('a cancelled occurrence of the future is repeated once at a time', async () => {
    const job = await createDueJob();
    const { id } = await theExecution(job.id);
    await belfry.cancelExecution(id);
    await retry(id);
    await expect(retry(id)).rejects.toThrow(`execution ${id} is being repeated`);
  });
});
