import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, createBelfry, type Belfry, type Parts } from '../../support/belfry.ts';
import { until } from '../../support/manual-clock.ts';
import { startTarget, type Target } from '../../support/target.ts';

const START = '2030-03-04T10:00:00.000Z';
const DUE = '2030-03-04T10:00:05.000Z';
const TIMEOUT_MS = 180_000;

let belfry: Belfry;
let target: Target;
beforeEach(async () => {
  belfry = await createBelfry(START);
  target = await startTarget();
});
afterEach(async () => {
  await target.close();
  await belfry.close();
});

/** A job due at 10:00:05; the API dispatches it at once, since no tick comes before. */
const createDueJob = (fields: Partial<NewJob> = {}) =>
  belfry.createJob(aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/hook?a=1`, ...fields }));
const work = (parts?: Partial<Parts>) =>
  (parts ? compose({ ...belfry.parts, ...parts }) : belfry).runWorker(belfry.inMs(TIMEOUT_MS));
const theExecution = async (jobId: number) => {
  const executions = await belfry.executions(jobId);
  expect(executions).toHaveLength(1);
  return executions[0]!;
};

describe('a worker', () => {
  it('sends the job as described, with its identity, and records success', async () => {
    const job = await createDueJob({
      method: 'PUT',
      headers: { 'X-Team': 'billing' },
      body: { a: [1, 'é'] },
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

  it('sends a text body as it is', async () => {
    await createDueJob({ body: 'plain <text>' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests[0]?.body).toBe('plain <text>');
  });

  it('holds what it took ahead and sends it at its due instant, not before', async () => {
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

  it('does nothing early for what is due later than it takes ahead', async () => {
    const job = await createDueJob();
    expect(await work()).toMatchObject({ attempts: 0 });
    expect(await theExecution(job.id)).toMatchObject({ status: 'SCHEDULED' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ scheduled: 1 });
  });

  it('runs far more than its window holds, each once', async () => {
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

  it('shares the queue with another worker; none is run twice', async () => {
    await belfry.createJobs(
      Array.from({ length: 500 }, (_, n) =>
        aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/${n}` }),
      ),
    );
    await belfry.clock.advanceTo(DUE);
    const reports = await Promise.all([work(), work(), work()]);
    expect(reports.reduce((sum, report) => sum + report.succeeded, 0)).toBe(500);
    expect(new Set(target.requests.map((request) => request.path)).size).toBe(500);
    expect(target.requests).toHaveLength(500);
  });

  it('sends further wake-ups when more is due than it takes', async () => {
    await belfry.createJobs(
      Array.from({ length: 1_000 }, () => aJob({ schedule: DUE, isRecurring: false, api: target.url })),
    );
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    await work();
    expect(await belfry.countWakeUps()).toBeGreaterThanOrEqual(5);
  });
});

describe('a failed attempt', () => {
  const runFailing = async (fields: Partial<NewJob> = {}) => {
    const job = await createDueJob(fields);
    await belfry.clock.advanceTo(DUE);
    await work();
    return theExecution(job.id);
  };

  it('is retried after 1 s, 2 s, 4 s with the same idempotency key, and succeeds at last', async () => {
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

  it('ends FAILED when the retries are used up', async () => {
    target.answerWith(500);
    await runFailing({ maxRetryCount: 1 });
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(await theExecution(1)).toMatchObject({ status: 'FAILED', retryCount: 1 });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ failed: 1, retrying: 0 });
    expect(target.requests).toHaveLength(2);
  });

  it('is never retried for AT_MOST_ONCE', async () => {
    target.answerWith('cut');
    const execution = await runFailing({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED', retryCount: 0 });
    expect(execution.errorMessage).toContain('the request failed');
    await belfry.clock.advanceBy(600_000);
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    expect(target.requests).toHaveLength(1);
  });

  it('is one that had no complete answer in time', async () => {
    target.answerWith('hang');
    const execution = await runFailing({ timeoutMs: 50, maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED' });
    expect(execution.errorMessage).toContain('50 ms');
  });

  it('is one that was redirected; the redirect is not followed', async () => {
    target.answerWith({ status: 302, headers: { location: `${target.url}/elsewhere` } });
    const execution = await runFailing({ maxRetryCount: 0 });
    expect(execution).toMatchObject({ status: 'FAILED' });
    expect(execution.errorMessage).toContain('302');
    expect(target.requests).toHaveLength(1);
  });

  it('is one whose target is not there', async () => {
    const execution = await runFailing({ maxRetryCount: 0, api: 'http://127.0.0.1:9/' });
    expect(execution.errorMessage).toContain('ECONNREFUSED');
  });

  it('wakes a worker for its retry', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'RETRYING' });
    expect(await belfry.countWakeUps()).toBe(1);
  });
});

describe('what was dispatched ahead', () => {
  it('is not sent once its job is paused or deleted, even while the queue still holds it', async () => {
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

  it('goes out as the job is now when only its request was changed', async () => {
    const job = await createDueJob({ body: 'old' });
    await belfry.changeJob(job.id, { body: 'new' });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual(['new']);
  });

  it('follows its job to another instant, and runs once', async () => {
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

  it('runs at its old instant when the job was paused and resumed before', async () => {
    const job = await createDueJob();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
    expect(target.requests).toHaveLength(1);
  });

  it('is not retried once its job is paused while the request is out', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.changeJob(job.id, { isActive: false });
    await running;
    expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED', retryCount: 0 });
  });

  it('is not sent a second time when the job became AT_MOST_ONCE meanwhile', async () => {
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

describe('when a part fails', () => {
  it('a payload that the queue lost comes from PostgreSQL', async () => {
    await createDueJob({ body: 'kept' });
    const [key] = await belfry.redis.keys('*:payload:*');
    await belfry.redis.del(key!);
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual(['kept']);
  });

  it('a worker that cannot claim sends nothing, says so, and gives back what it took', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    const pool: Parts['pool'] = {
      ...belfry.pool,
      query: () => Promise.reject(new UnavailableError('PostgreSQL')),
    };
    await expect(work({ pool })).rejects.toThrow('PostgreSQL');
    expect(target.requests).toHaveLength(0);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 1, processing: 0 });
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });

  it('an outcome that PostgreSQL does not take at once is recorded when it is back', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    let failures = 0;
    const query: Parts['pool']['query'] = (statement, values) => {
      const isOutcome = typeof statement === 'object' && statement.text.includes('execution_duration =');
      if (!isOutcome || failures === 3) return belfry.pool.query(statement, values);
      failures += 1;
      return Promise.reject(new UnavailableError('PostgreSQL'));
    };
    const running = work({ pool: { ...belfry.pool, query } });
    for (let second = 1; second <= 3; second += 1) {
      await until(() => failures === second && belfry.clock.sleeperCount() > 0);
      await belfry.clock.advanceBy(1_000);
    }
    expect(await running).toMatchObject({ succeeded: 1 });
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
    expect(target.requests).toHaveLength(1);
  });

  it('an outcome whose claim was lost meanwhile is not written', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300, maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    // The worker hangs so long that its lease ends and the execution is somebody else's.
    await belfry.pool.query(
      `update job_executions set claim_token = gen_random_uuid(), error_message = 'another''s' where job_id = $1`,
      [job.id],
    );
    expect(await running).toMatchObject({ failed: 0, claimsLost: 1 });
    expect(await theExecution(job.id)).toMatchObject({ status: 'RUNNING', errorMessage: "another's" });
  });

  it('a worker whose wake-ups SQS does not take works on alone', async () => {
    await belfry.createJobs(
      Array.from({ length: 300 }, () => aJob({ schedule: DUE, isRecurring: false, api: target.url })),
    );
    await belfry.clock.advanceTo(DUE);
    const publishWakeUps = () => Promise.reject(new UnavailableError('SQS'));
    expect(await work({ publishWakeUps })).toMatchObject({ succeeded: 300 });
  });

  it('a worker that is told to end finishes what is out and gives back the rest, each for its own instant', async () => {
    target.answerWith('hang');
    const out = await createDueJob({ timeoutMs: 300, maxRetryCount: 0 });
    const held = await createDueJob({ schedule: '2030-03-04T10:00:06.500Z' });
    await belfry.clock.advanceTo(DUE);
    const stopping = new AbortController();
    const running = belfry.runWorker({ ...belfry.inMs(TIMEOUT_MS), signal: stopping.signal });
    await until(() => target.requests.length === 1);
    stopping.abort();
    expect(await running).toMatchObject({ attempts: 1, failed: 1 });
    expect(await theExecution(out.id)).toMatchObject({ status: 'FAILED' });
    expect(await theExecution(held.id)).toMatchObject({ status: 'SCHEDULED' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({
      scheduled: 1,
      processing: 0,
      ready: 0,
    });
  });

  it('what a vanished worker had taken and not claimed is run after its lease', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    const nowMs = belfry.clock.nowMs();
    await belfry.queue.take({ workerId: 'dead', nowMs, horizonMs: nowMs, limit: 10, leaseMs: 30_000 });
    expect(await work()).toMatchObject({ attempts: 0 });
    await belfry.clock.advanceBy(30_001);
    expect(await belfry.runTick(belfry.inMs(50_000))).toMatchObject({ reclaimed: 1, overdue: 1 });
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });

  it('a window full of requests that hang gives the waiting work back for other workers', async () => {
    target.answerWith('hang');
    const settings = { ...belfry.settings, maxInFlight: 4 };
    await belfry.createJobs(
      Array.from({ length: 10 }, () =>
        aJob({ schedule: DUE, isRecurring: false, api: target.url, timeoutMs: 2_000, maxRetryCount: 0 }),
      ),
    );
    await belfry.clock.advanceTo(DUE);
    const running = work({ settings });
    await until(() => target.requests.length === 4);
    await until(() => belfry.clock.sleeperCount() > 0);
    await belfry.clock.advanceBy(600);
    await until(async () => (await belfry.queue.stats(belfry.clock.nowMs())).ready === 6);
    target.answerWith(200);
    await work();
    expect(target.requests).toHaveLength(10);
    await running;
  });
});
