import { describe, expect, test } from 'vitest';
import { aJob } from '../../support/a-job.ts';
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

describe('a worker', () => {
  test('a worker sends the request of the job, with its identity, and records success', async () => {
    const job = await createDueJob({
      method: 'PUT',
      headers: { 'X-Team': 'billing' },
      body: JSON.stringify({ a: [1, 'é'] }),
    });
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ attempts: 1, succeeded: 1 });
    const execution = await theExecution(job.id);
    expect(execution).toMatchObject({ status: 'SUCCESS', retryCount: 0, errorMessage: null });
    expect(execution.executionDuration).toBeGreaterThanOrEqual(0);
    const [request] = target.requests;
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/hook?a=1',
      body: '{"a":[1,"é"]}',
      headers: {
        'content-type': 'application/json',
        'x-team': 'billing',
        'x-belfry-execution-id': String(execution.id),
        'x-belfry-attempt': '1',
        'x-belfry-scheduled-at': DUE,
      },
    });
    expect(request?.headers['idempotency-key']).toBeTruthy();
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toEqual({
      ready: 0,
      scheduled: 0,
      processing: 0,
      retrying: 0,
      completed: 1,
      failed: 0,
    });
  });

  test('a worker sends a string body as it is', async () => {
    await createDueJob({ body: JSON.stringify('plain <text>') });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests[0]?.body).toBe('plain <text>');
  });

  test('a worker holds executions it took ahead and sends them at their due instant, not before', async () => {
    await createDueJob();
    await belfry.clock.advanceTo('2030-03-04T10:00:03.500Z');
    const running = work();
    await until(async () => (await belfry.queue.stats(belfry.clock.nowMs())).processing === 1);
    await until(() => belfry.clock.sleeperCount() > 0);
    await belfry.clock.advanceTo('2030-03-04T10:00:04.950Z');
    await until(async () => (await belfry.executions(1))[0]?.status === 'RUNNING');
    await belfry.clock.advanceTo('2030-03-04T10:00:04.999Z');
    expect(target.requests).toHaveLength(0);
    await belfry.clock.advanceTo(DUE);
    await running;
    expect(target.requests).toHaveLength(1);
  });

  test('a worker leaves executions alone that are due later than it takes ahead', async () => {
    const job = await createDueJob();
    expect(await work()).toMatchObject({ attempts: 0 });
    expect(await theExecution(job.id)).toMatchObject({ status: 'SCHEDULED' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  });

  test('a worker runs far more executions than its window holds, each once', async () => {
    const jobs = Array.from({ length: 1_000 }, (_, n) =>
      aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/${n}` }),
    );
    await belfry.createJobs(jobs);
    await belfry.clock.advanceTo(DUE);
    expect(await work()).toMatchObject({ attempts: 1_000, succeeded: 1_000, claimsLost: 0 });
    expect(new Set(target.requests.map((request) => request.path)).size).toBe(1_000);
    expect(target.requests).toHaveLength(1_000);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ completed: 1_000, processing: 0 });
  });

  test('a busy worker gathers outcomes for a moment, and records many with one statement', async () => {
    await belfry.createJobs(
      Array.from({ length: 1_000 }, () => aJob({ schedule: DUE, isRecurring: false, api: target.url })),
    );
    await belfry.clock.advanceTo(DUE);
    const { query, ...pool } = belfry.parts.pool;
    const batches: number[] = [];
    const watch: typeof query = async (statement, values) => {
      const ids = String(typeof statement === 'string' ? '' : statement.values?.[0]);
      if (typeof statement === 'string' || !statement.text.includes('-- record_successes')) {
        return query(statement, values);
      }
      batches.push(ids.split(',').length);
      // Outcomes arrive during the first statement, so that the second batch is a large one.
      if (batches.length === 1) await until(() => target.requests.length >= 100);
      return query(statement, values);
    };
    const settings = { ...belfry.parts.settings, gatherOutcomesMs: 20 };
    const running = work({ pool: { ...pool, query: watch }, settings });
    // The time stands still, so only the number of outcomes ends the gathering.
    await until(() => batches.length === 3);
    expect(batches[2]).toBeGreaterThanOrEqual(200);
    expect(await passTimeUntilOver(running, { stepMs: 20 })).toMatchObject({ succeeded: 1_000 });
  });

  test('two workers share the queue, and no execution runs twice', async () => {
    await belfry.createJobs(
      Array.from({ length: 500 }, (_, n) =>
        aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/${n}` }),
      ),
    );
    await belfry.clock.advanceTo(DUE);
    // Each is an environment of its own.
    const reports = await Promise.all([work({}), work({}), work({})]);
    expect(reports.reduce((sum, report) => sum + report.succeeded, 0)).toBe(500);
    expect(new Set(target.requests.map((request) => request.path)).size).toBe(500);
    expect(target.requests).toHaveLength(500);
  });

  test('a worker sends further wake-ups when more is due than it takes', async () => {
    await belfry.createJobs(
      Array.from({ length: 1_000 }, () => aJob({ schedule: DUE, isRecurring: false, api: target.url })),
    );
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    await work();
    expect(await belfry.countWakeUps()).toBeGreaterThanOrEqual(5);
  });
});
