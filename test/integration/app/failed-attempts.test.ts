import { describe, expect, test } from 'vitest';
import type { NewJob } from '../../../lib/domain/job.ts';
import { makeCallTarget } from '../../../lib/outgoing/target-call.ts';
import { createTargetAgent } from '../../../lib/outgoing/target-agent.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

describe('a failed attempt', () => {
  const runFailing = async (fields: Partial<NewJob> = {}) => {
    const job = await createDueJob(fields);
    await belfry.clock.advanceTo(DUE);
    await work();
    return theExecution(job.id);
  };

  test('a failed attempt is retried after 1 s, 2 s and 4 s with the same idempotency key until it succeeds', async () => {
    target.answerWith(503);
    const first = await runFailing();
    expect(first).toMatchObject({ status: 'RETRYING', retryCount: 1 });
    expect(first.errorMessage).toContain('503');
    for (const backoffMs of [1_000, 2_000]) {
      const { dueAt } = await theExecution(1);
      expect(dueAt.getTime() - belfry.clock.nowMs()).toBe(backoffMs);
      await belfry.clock.advanceTo(dueAt);
      await work();
    }
    const { dueAt } = await theExecution(1);
    expect(dueAt.getTime() - belfry.clock.nowMs()).toBe(4_000);
    target.answerWith(204);
    await belfry.clock.advanceTo(dueAt);
    await work();
    expect(await theExecution(1)).toMatchObject({ status: 'SUCCESS', retryCount: 3, errorMessage: null });
    expect(target.requests.map((request) => request.headers['x-belfry-attempt'])).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
    expect(new Set(target.requests.map((request) => request.headers['idempotency-key'])).size).toBe(1);
  });

  test('an execution ends FAILED when its retries are used up', async () => {
    target.answerWith(500);
    await runFailing({ maxRetryCount: 1 });
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(await theExecution(1)).toMatchObject({ status: 'FAILED', retryCount: 1 });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ failed: 1, retrying: 0 });
    expect(target.requests).toHaveLength(2);
  });

  test('a failed attempt is never retried for AT_MOST_ONCE', async () => {
    target.answerWith('cut');
    const execution = await runFailing({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED', retryCount: 0 });
    expect(execution.errorMessage).toContain('the request failed');
    await belfry.clock.advanceBy(600_000);
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    expect(target.requests).toHaveLength(1);
  });

  test('an attempt without a complete response in time is a failed attempt', async () => {
    target.answerWith('hang');
    const execution = await runFailing({ timeoutMs: 50, maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED' });
    expect(execution.errorMessage).toContain('50 ms');
  });

  test('an attempt that was redirected is a failed attempt; the redirect is not followed', async () => {
    target.answerWith({ status: 302, headers: { location: `${target.url}/elsewhere` } });
    const execution = await runFailing({ maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED' });
    expect(execution.errorMessage).toContain('302');
    expect(target.requests).toHaveLength(1);
  });

  test('an attempt whose target does not exist is a failed attempt', async () => {
    const execution = await runFailing({ maxRetryCount: 0, api: 'http://127.0.0.1:9/' });
    expect(execution.errorMessage).toContain('ECONNREFUSED');
  });

  test('an execution whose address is not public ends FAILED at once with a message that says how to allow it', async () => {
    const execution = await runFailing({ maxRetryCount: 3, api: 'http://169.254.169.254/latest/meta-data/' });
    expect(execution).toMatchObject({
      status: 'FAILED',
      retryCount: 0,
      errorMessage:
        'refused: 169.254.169.254 is not a public address; ' +
        'use a public address, or allow its network with BELFRY_ALLOWED_NETWORKS',
    });
  });

  test('an attempt whose name resolves to an address that is not public is retried, as the answer may change', async () => {
    const agent = createTargetAgent({ policy: loopbackPolicy, resolveName: async () => ['10.0.0.1'] });
    const job = await createDueJob({ maxRetryCount: 1, api: 'http://inner.test/' });
    await belfry.clock.advanceTo(DUE);
    await work({ callTarget: makeCallTarget(agent) });
    const execution = await theExecution(job.id);
    expect(execution).toMatchObject({ status: 'RETRYING', retryCount: 1 });
    expect(execution.errorMessage).toMatch(/^refused: its host name has an address that is not public;/);
    expect(execution.errorMessage).not.toContain('10.0.0.1');
    agent.destroy();
  });

  test('a failed attempt wakes a worker for its retry', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'RETRYING' });
    expect(await belfry.countWakeUps()).toBe(1);
  });
});
