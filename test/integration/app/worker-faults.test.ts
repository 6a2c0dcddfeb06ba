import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import type { Parts } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import {
  belfry,
  createDueJob,
  DUE,
  passTimeUntilOver,
  setUpWorker,
  target,
  theExecution,
  TIMEOUT_MS,
  work,
} from './worker-fixture.ts';

setUpWorker();

const isClaim = (statement: Parameters<Parts['pool']['query']>[0]): boolean =>
  typeof statement === 'object' && statement.name === 'claim_executions';

const EMPTY = { ready: 0, scheduled: 0, processing: 0, retrying: 0, completed: 0, failed: 0 };

describe('a worker when a component fails', () => {
  test('a payload that the queue lost is read from PostgreSQL', async () => {
    await createDueJob({ body: '"kept"' });
    const [key] = await belfry.redis.keys('*:payload:*');
    await belfry.redis.del(key!);
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual(['kept']);
  });

  test('a claim that PostgreSQL does not answer is made again, and delays nothing else', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    let failures = 0;
    const query: Parts['pool']['query'] = (statement, values) => {
      if (!isClaim(statement) || failures === 2) return belfry.pool.query(statement, values);
      failures += 1;
      return Promise.reject(new UnavailableError('PostgreSQL'));
    };
    const running = work({ pool: { ...belfry.pool, query } });
    expect(await passTimeUntilOver(running)).toMatchObject({ succeeded: 1 });
    expect(failures).toBe(2);
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });

  test.each(['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const)(
    'a claim of %s whose answer is lost is repeated under its token, and costs no lease',
    async (type) => {
      const job = await createDueJob({ type, maxRetryCount: 0 });
      await belfry.clock.advanceTo(DUE);
      let claims = 0;
      const query: Parts['pool']['query'] = async (statement, values) => {
        claims += isClaim(statement) ? 1 : 0;
        const result = await belfry.pool.query<never>(statement, values);
        if (isClaim(statement) && claims <= 2) throw new UnavailableError('PostgreSQL');
        return result;
      };
      const running = work({ pool: { ...belfry.pool, query } });
      expect(await passTimeUntilOver(running, { stepMs: 50 })).toMatchObject({
        attempts: 1,
        succeeded: 1,
        claimsLost: 0,
      });
      expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS', retryCount: 0 });
      expect(target.requests).toHaveLength(1);
    },
  );

  test('a worker that cannot claim for 20 s sends nothing, reports it, releases its executions and wakes another worker', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    const pool: Parts['pool'] = {
      ...belfry.pool,
      query: () => Promise.reject(new UnavailableError('PostgreSQL')),
    };
    await expect(passTimeUntilOver(work({ pool }))).rejects.toThrow('PostgreSQL');
    // The run waits 3 s of its clock for SQS, which is a moment of real time here.
    await until(async () => (await belfry.countWakeUps()) > 0);
    expect(target.requests).toHaveLength(0);
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toEqual({ ...EMPTY, ready: 1 });
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });

  test('an outcome that PostgreSQL does not accept at once is recorded when PostgreSQL is back', async () => {
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

  test('an outcome whose claim was lost is not written', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300, maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    // The worker hangs until its lease ends and another worker has the execution.
    await belfry.pool.query(
      `update job_executions set claim_token = gen_random_uuid(), error_message = 'another''s' where job_id = $1`,
      [job.id],
    );
    expect(await running).toMatchObject({ failed: 0, claimsLost: 1 });
    expect(await theExecution(job.id)).toMatchObject({ status: 'RUNNING', errorMessage: "another's" });
  });

  test('a worker whose wake-ups SQS does not accept continues alone', async () => {
    await belfry.createJobs(
      Array.from({ length: 300 }, () => aJob({ schedule: DUE, isRecurring: false, api: target.url })),
    );
    await belfry.clock.advanceTo(DUE);
    const publishWakeUps = () => Promise.reject(new UnavailableError('SQS'));
    expect(await work({ publishWakeUps })).toMatchObject({ succeeded: 300 });
  });

  test("an execution that Redis lost, and that its worker took again after the tick's rebuild, is sent once", async () => {
    const job = await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await belfry.clock.advanceTo('2030-03-04T10:00:04.000Z');
    const processing = async () => (await belfry.queue.stats(belfry.clock.nowMs())).processing;
    const running = work();
    await until(async () => (await processing()) === 1);
    await belfry.redis.flushdb();
    expect(await belfry.runTick(belfry.inMs(50_000))).toMatchObject({ requeued: 1 });
    await until(async () => {
      await belfry.clock.advanceBy(100);
      return (await processing()) === 1;
    });
    await belfry.clock.advanceTo(DUE);
    expect(await running).toMatchObject({ attempts: 1, succeeded: 1, claimsLost: 0 });
    expect(target.requests).toHaveLength(1);
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });

  test('an execution that the queue holds twice, after a day without a worker, is sent once', async () => {
    const job = await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    const [key] = await belfry.redis.keys('*:payload:*');
    const take = { workerId: 'gone', nowMs: belfry.clock.nowMs(), horizonMs: belfry.clock.nowMs(), limit: 1 };
    await belfry.queue.take({ ...take, leaseMs: 1 });
    await belfry.queue.retire('gone');
    // As Redis does by itself, by its own clock.
    await belfry.redis.del(key!);
    await belfry.clock.advanceBy(86_400_000);
    expect(await belfry.runTick(belfry.inMs(50_000))).toMatchObject({ requeued: 1 });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 2 });
    expect(await work()).toMatchObject({ attempts: 1, succeeded: 1, claimsLost: 0 });
    await work();
    expect(target.requests).toHaveLength(1);
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 0, processing: 0 });
  });

  test('a worker that is asked to end finishes its open requests and releases the other executions, each for its own instant', async () => {
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

  test('executions that a vanished worker had taken and not claimed run after its lease', async () => {
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
});
