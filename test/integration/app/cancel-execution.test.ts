import { describe, expect, test } from 'vitest';
import { makeExplainExecution } from '../../../lib/app/explain-execution.ts';
import { ExecutionEndedError, ExecutionNotFoundError } from '../../../lib/domain/errors.ts';
import { until } from '../../support/waiting.ts';
import {
  belfry,
  createDueJob,
  DUE,
  passTimeUntilOver,
  setUpWorker,
  target,
  theExecution,
  work,
} from './worker-fixture.ts';

setUpWorker();

const BROKEN_OFF =
  'cancelled by a caller; last attempt: the connection was closed during the request; the target may continue';

/** Starts a worker, and waits until the target has the request of the job and does not answer. */
async function startHanging(jobId: number) {
  target.answerWith('hang');
  await belfry.clock.advanceTo(DUE);
  const running = work();
  await until(() => target.requests.length === 1);
  return { running, execution: await theExecution(jobId) };
}

describe('the cancellation of a waiting execution', () => {
  test('a cancelled execution never runs, and leaves the queue', async () => {
    const job = await createDueJob();
    const { id } = await theExecution(job.id);
    expect(await belfry.cancelExecution(id)).toMatchObject({
      id,
      status: 'CANCELLED',
      errorMessage: 'cancelled by a caller',
      cancelRequestedAt: belfry.clock.now(),
    });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 0 });
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ attempts: 0 });
    expect(target.requests).toEqual([]);
  });

  test('a cancelled occurrence stays cancelled when the job is paused and resumed', async () => {
    const job = await createDueJob({ schedule: '0 * * * * *', isRecurring: true });
    const [first] = await belfry.executions(job.id);
    await belfry.cancelExecution(first!.id);
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    const [again, ...others] = await belfry.executions(job.id);
    expect(again).toMatchObject({ id: first!.id, status: 'CANCELLED' });
    expect(others.length).toBeGreaterThan(0);
    expect(others.every(({ status }) => status === 'SCHEDULED')).toBe(true);
  });

  test('an execution that waits for a retry is cancelled with the reason of its last attempt', async () => {
    const job = await createDueJob();
    target.answerWith(503);
    await belfry.clock.advanceTo(DUE);
    await work();
    const { id } = await theExecution(job.id);
    expect(await belfry.cancelExecution(id)).toMatchObject({
      status: 'CANCELLED',
      errorMessage: 'cancelled by a caller; last attempt: the target answered 503',
    });
    await belfry.clock.advanceBy(60_000);
    expect(await work()).toMatchObject({ attempts: 0 });
  });

  test('a second cancellation changes nothing', async () => {
    const job = await createDueJob();
    const { id } = await theExecution(job.id);
    const cancelled = await belfry.cancelExecution(id);
    await belfry.clock.advanceBy(1_000);
    expect(await belfry.cancelExecution(id)).toMatchObject(cancelled);
  });
});

test('an execution that has ended, or never existed, cannot be cancelled', async () => {
  const job = await createDueJob();
  await belfry.clock.advanceTo(DUE);
  await work();
  const { id } = await theExecution(job.id);
  await expect(belfry.cancelExecution(id)).rejects.toThrow(ExecutionEndedError);
  await expect(belfry.cancelExecution(id + 1)).rejects.toThrow(ExecutionNotFoundError);
});

describe('the cancellation of a running execution', () => {
  test('the worker closes the connection after a second, and the execution is CANCELLED without a retry', async () => {
    const job = await createDueJob();
    const { running, execution } = await startHanging(job.id);
    expect(await belfry.cancelExecution(execution.id)).toMatchObject({ status: 'RUNNING' });
    await until(() => belfry.clock.sleeperCount() > 0);
    await belfry.clock.advanceBy(1_000);
    await until(async () => (await theExecution(job.id)).status !== 'RUNNING');
    expect(await passTimeUntilOver(running)).toMatchObject({
      attempts: 1,
      failed: 0,
      retried: 0,
      claimsLost: 0,
    });
    expect(await theExecution(job.id)).toMatchObject({ status: 'CANCELLED', errorMessage: BROKEN_OFF });
    expect(await makeExplainExecution(belfry)(execution.id)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'WITHDRAWN',
          sentence: 'It gets no further attempt, because a caller cancelled it.',
        }),
      ]),
    );
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({
      processing: 0,
      retrying: 0,
      failed: 0,
    });
  });

  test('a second cancellation tells the worker again, and has no entry in the audit log', async () => {
    const job = await createDueJob();
    const { running, execution } = await startHanging(job.id);
    const first = await belfry.cancelExecution(execution.id);
    await belfry.redis.flushdb();
    expect(await belfry.cancelExecution(execution.id)).toMatchObject(first);
    expect(await belfry.queue.listCancels()).toEqual([execution.id]);
    const { rows } = await belfry.pool.query(`select from audit_log where action = 'EXECUTION_CANCELLED'`);
    expect(rows).toHaveLength(1);
    target.cut();
    await passTimeUntilOver(running);
  });

  test('a cancellation ends the retries even if the request to the worker is lost', async () => {
    const job = await createDueJob();
    const { running, execution } = await startHanging(job.id);
    await belfry.cancelExecution(execution.id);
    await belfry.redis.flushdb();
    target.cut();
    await passTimeUntilOver(running);
    expect(await theExecution(job.id)).toMatchObject({
      status: 'CANCELLED',
      errorMessage: expect.stringMatching(/^cancelled by a caller; last attempt: the request failed/),
    });
    await belfry.clock.advanceBy(60_000);
    await belfry.runTick(belfry.inMs(30_000));
    expect(await work()).toMatchObject({ attempts: 0 });
  });

  test('a resume of the job gives a cancelled execution no retries', async () => {
    const job = await createDueJob({ schedule: '@hourly', isRecurring: true });
    await belfry.runJob(job.id, { body: undefined });
    target.answerWith('hang');
    const running = work();
    await until(() => target.requests.length === 1);
    const [execution] = await belfry.executions(job.id);
    await belfry.cancelExecution(execution!.id);
    await belfry.redis.flushdb();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    target.cut();
    await passTimeUntilOver(running);
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'CANCELLED', retryCount: 0 });
  });

  test('a tick ends a cancelled execution as CANCELLED when its worker has vanished', async () => {
    const job = await createDueJob();
    const { running, execution } = await startHanging(job.id);
    await belfry.cancelExecution(execution.id);
    await belfry.pool.query('update job_executions set lease_expires_at = $1', [belfry.clock.now()]);
    await belfry.runTick(belfry.inMs(30_000));
    expect(await theExecution(job.id)).toMatchObject({
      status: 'CANCELLED',
      errorMessage:
        'cancelled by a caller; last attempt: the worker vanished during the request: outcome unknown',
    });
    await passTimeUntilOver(running);
    expect(await theExecution(job.id)).toMatchObject({ status: 'CANCELLED' });
  });

  test('the cancellation of one execution does not change the others', async () => {
    const [first] = [await createDueJob(), await createDueJob()];
    target.answerWith('hang');
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 2, { timeoutMs: 15_000 });
    await belfry.cancelExecution((await theExecution(first.id)).id);
    await until(
      async () => {
        await belfry.clock.advanceBy(1_000);
        return (await theExecution(first.id)).status === 'CANCELLED';
      },
      { everyMs: 300, timeoutMs: 15_000 },
    );
    expect(await theExecution(first.id + 1)).toMatchObject({ status: 'RUNNING' });
    target.answerWith(200);
    target.cut();
    await passTimeUntilOver(running);
  });
});
