import { describe, expect, test } from 'vitest';
import { compose } from '../../support/belfry.ts';
import {
  belfry,
  createDueJob,
  DUE,
  setUpWorker,
  startHangingRequest,
  target,
  theExecution,
  work,
} from './worker-fixture.ts';

setUpWorker();

describe('an execution that was dispatched ahead', () => {
  test('an execution dispatched ahead is not sent once its job is paused or deleted, even while the queue still holds it', async () => {
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

  test('an execution dispatched ahead is sent as the job is now when only its request was changed', async () => {
    const job = await createDueJob({ body: '"old"' });
    await belfry.changeJob(job.id, { body: '"new"' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual(['new']);
  });

  test('an execution dispatched ahead follows its job to another instant, and runs once', async () => {
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

  test('an execution dispatched ahead runs at its old instant when its job was paused and resumed before then', async () => {
    const job = await createDueJob();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
    expect(target.requests).toHaveLength(1);
  });

  test('an execution is not retried once its job is paused while the request is under way', async () => {
    const { job, fail } = await startHangingRequest();
    await belfry.changeJob(job.id, { isActive: false });
    await fail();
    expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED', retryCount: 0 });
  });

  test('an execution is not sent a second time when its job became AT_MOST_ONCE during the request', async () => {
    const { job, fail } = await startHangingRequest();
    await belfry.changeJob(job.id, { type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await fail();
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(target.requests).toHaveLength(1);
    expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED' });
  });
});
