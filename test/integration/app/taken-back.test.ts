import { describe, expect, test } from 'vitest';
import { compose } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

describe('what was dispatched ahead', () => {
  test('is not sent once its job is paused or deleted, even while the queue still holds it', async () => {
    const paused = await createDueJob();
    const deleted = await createDueJob();
    const stale = compose({
      ...belfry.parts,
      queue: { ...belfry.queue, remove: () => Promise.reject(new Error('gone')) },
    });
    await stale.changeJob(paused.id, { isActive: false });
    await stale.deleteJob(deleted.id);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ attempts: 0 });
    expect(target.requests).toHaveLength(0);
    expect(await theExecution(paused.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await theExecution(deleted.id)).toMatchObject({ status: 'CANCELLED' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({
      ready: 0,
      scheduled: 0,
      processing: 0,
    });
  });

  test('goes out as the job is now when only its request was changed', async () => {
    const job = await createDueJob({ body: '"old"' });
    await belfry.changeJob(job.id, { body: '"new"' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual(['new']);
  });

  test('follows its job to another instant, and runs once', async () => {
    const job = await createDueJob();
    await belfry.changeJob(job.id, { schedule: '2030-03-04T10:00:20Z' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests).toHaveLength(0);
    await belfry.clock.advanceTo('2030-03-04T10:00:20Z');
    await work();
    expect(target.requests).toHaveLength(1);
    const executions = await belfry.executions(job.id);
    expect(executions.map((execution) => execution.status)).toEqual(['CANCELLED', 'SUCCESS']);
  });

  test('runs at its old instant when the job was paused and resumed before', async () => {
    const job = await createDueJob();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
    expect(target.requests).toHaveLength(1);
  });

  test('is not retried once its job is paused while the request is out', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.changeJob(job.id, { isActive: false });
    await running;
    expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED', retryCount: 0 });
  });

  test('is not sent a second time when the job became AT_MOST_ONCE meanwhile', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.changeJob(job.id, { type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await running;
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(target.requests).toHaveLength(1);
    expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED' });
  });
});
