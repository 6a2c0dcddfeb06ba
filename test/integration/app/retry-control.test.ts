import { describe, expect, test } from 'vitest';
import { parseJobChanges } from '../../../lib/api/parse-job.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { retriesLastSeconds } from '../../../lib/domain/retries-last.ts';
import { MAX_PUT_OFFS } from '../../../lib/domain/retry.ts';
import { loopbackPolicy } from '../../support/outgoing.ts';
import { compose } from '../../support/belfry.ts';
import {
  belfry,
  createDueJob,
  DUE,
  setUpWorker,
  target,
  theExecution,
  TIMEOUT_MS,
  work,
} from './worker-fixture.ts';

setUpWorker();

const runAtDue = async (fields: Partial<NewJob> = {}) => {
  const job = await createDueJob(fields);
  await belfry.clock.advanceTo(DUE);
  await work();
  return theExecution(job.id);
};
const askForPause = (seconds: number, status = 429): void =>
  target.answerWith({ status, headers: { 'retry-after': String(seconds) } });

describe('the rules of a job', () => {
  test('a list of delays sets how long each retry waits', async () => {
    target.answerWith(500);
    const first = await runAtDue({ retry: { delaysSeconds: [7, 20], jitter: 0 }, maxRetryCount: 2 });
    expect(first.dueAt.getTime()).toBe(belfry.clock.nowMs() + 7_000);
    await belfry.clock.advanceTo(first.dueAt);
    await work();
    expect(await theExecution(1)).toMatchObject({
      status: 'RETRYING',
      dueAt: new Date(belfry.clock.nowMs() + 20_000),
    });
  });

  test('an execution succeeds by the statuses and the text of its job', async () => {
    target.answerWith({ status: 409, body: '{"state":"done"}' });
    expect(await runAtDue({ success: { statuses: [409], contains: '"done"' } })).toMatchObject({
      status: 'SUCCESS',
      statusCode: 409,
    });
  });

  test('a text behind the first 65,536 bytes of the body is not found', async () => {
    target.answerWith({ status: 200, body: `${'x'.repeat(65_530)}done-and-more${'x'.repeat(1_000)}` });
    const rule = { statuses: ['2xx'] as const };
    const found = await runAtDue({ success: { ...rule, contains: 'done' } });
    expect(found).toMatchObject({ status: 'SUCCESS' });
    const again = await createDueJob({
      schedule: belfry.clock.now().toISOString(),
      success: { ...rule, contains: 'and-more' },
    });
    await work();
    expect(await theExecution(again.id)).toMatchObject({ status: 'RETRYING', reason: 'TEXT_NOT_FOUND' });
  });

  test('410 ends an execution at once', async () => {
    target.answerWith(410);
    expect(await runAtDue()).toMatchObject({ status: 'FAILED', retryCount: 0, reason: 'STOP_STATUS' });
  });

  test.each(['AT_LEAST_ONCE', 'AT_MOST_ONCE'] as const)(
    'an %s execution that is later than its age ends FAILED without a request',
    async (type) => {
      const maxRetryCount = type === 'AT_MOST_ONCE' ? 0 : 3;
      const job = await createDueJob({ type, maxRetryCount, maxAgeSeconds: 5 });
      await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 5_001));
      await work();
      expect(await theExecution(job.id)).toMatchObject({
        status: 'FAILED',
        reason: 'TOO_OLD',
        errorMessage: 'not sent: later than maxAgeSeconds (5) after the execution time',
      });
      expect(target.requests).toHaveLength(0);
    },
  );

  test('a tick frees the claim of a vanished worker for a retry only within the age', async () => {
    const claim = async (maxAgeSeconds: number | null) => {
      const job = await createDueJob({ maxAgeSeconds });
      const { id } = await theExecution(job.id);
      await belfry.pool.query(
        `update job_executions
            set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $2, started_at = execution_time
          where id = $1`,
        [id, new Date(Date.parse(DUE) + 50_000)],
      );
      return job.id;
    };
    const [young, old, unlimited] = [await claim(61), await claim(59), await claim(null)];
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 60_000));
    await belfry.runTick(belfry.inMs(50_000));
    expect(await theExecution(young)).toMatchObject({ status: 'RETRYING', retryCount: 1 });
    expect(await theExecution(old)).toMatchObject({ status: 'FAILED', retryCount: 0 });
    expect(await theExecution(unlimited)).toMatchObject({ status: 'RETRYING' });
  });
});

describe('a change of the rules', () => {
  const change = (changes: object) => {
    const parsed = parseJobChanges(changes, loopbackPolicy);
    return belfry.changeJob(1, parsed.changes, { readBack: parsed.readBack });
  };

  test('a change sets and resets each rule, and a list of delays sets the number of retries', async () => {
    const created = await createDueJob();
    expect(retriesLastSeconds(created)).toEqual({ min: 7, max: 7 });
    const given = { maxAgeSeconds: 60, stopOn: [404], success: { statuses: [200], contains: 'ok' } };
    expect(await change({ ...given, retry: { delaysSeconds: [5, 10] } })).toMatchObject({
      ...given,
      retry: { delaysSeconds: [5, 10], jitter: 0 },
      maxRetryCount: 2,
    });
    const none = { retry: null, maxAgeSeconds: null, stopOn: null, success: null };
    expect(await change(none)).toMatchObject({ ...none, maxRetryCount: 2 });
    const { rows } = await belfry.pool.query(
      'select retry is null as a, stop_on is null as b, success is null as c from jobs where id = 1',
    );
    expect(rows).toEqual([{ a: true, b: true, c: true }]);
  });

  test('a change that disagrees with the stored delays or the type is refused', async () => {
    await createDueJob({ retry: { delaysSeconds: [5, 10], jitter: 0 }, maxRetryCount: 2 });
    await expect(change({ maxRetryCount: 3 })).rejects.toMatchObject({
      errors: [{ field: 'maxRetryCount' }],
    });
    await expect(change({ type: 'AT_MOST_ONCE', maxRetryCount: 0 })).rejects.toMatchObject({
      errors: [{ field: 'retry' }],
    });
    await expect(change({ name: 'a', retriesLastSeconds: { min: 15, max: 16 } })).rejects.toMatchObject({
      errors: [{ field: 'retriesLastSeconds' }],
    });
    expect(await change({ type: 'AT_MOST_ONCE', maxRetryCount: 0, retry: null })).toMatchObject({
      retry: null,
    });
  });

  test('an execution that waits follows the rules that its job has when it is sent', async () => {
    target.answerWith(500);
    await runAtDue();
    await change({ success: { statuses: [500] } });
    await belfry.clock.advanceBy(1_000);
    await work();
    expect(await theExecution(1)).toMatchObject({ status: 'SUCCESS', statusCode: 500 });
  });
});

describe('a target that asks for a pause', () => {
  test('the next attempt leaves after the pause with the next number, and spends no retry', async () => {
    askForPause(30);
    const waiting = await runAtDue({ maxRetryCount: 1 });
    expect(waiting).toMatchObject({
      status: 'RETRYING',
      reason: 'ASKED_TO_WAIT',
      retryCount: 0,
      dueAt: new Date(Date.parse(DUE) + 30_000),
    });
    target.answerWith(204);
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 29_000));
    const running = work();
    await belfry.clock.advanceTo(waiting.dueAt);
    await running;
    expect(await theExecution(1)).toMatchObject({ status: 'SUCCESS', retryCount: 0, putOffCount: 1 });
    expect(target.requests.map(({ headers }) => headers['x-belfry-attempt'])).toEqual(['1', '2']);
    expect(new Set(target.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test('repeated pauses finally spend the retries, and the execution ends FAILED', async () => {
    askForPause(1, 503);
    await runAtDue({ maxRetryCount: 2 });
    for (let waits = 0; (await theExecution(1)).status === 'RETRYING' && waits < 50; waits += 1) {
      const { dueAt } = await theExecution(1);
      await belfry.clock.advanceTo(new Date(dueAt.getTime() + 1_000));
      await work();
    }
    expect(await theExecution(1)).toMatchObject({ status: 'FAILED', retryCount: 2, statusCode: 503 });
    expect(target.requests).toHaveLength(1 + MAX_PUT_OFFS + 2);
  });

  test('an AT_MOST_ONCE execution and a job without retries send no second request after a pause', async () => {
    askForPause(1);
    await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await belfry.clock.advanceTo(DUE);
    await work();
    expect(await theExecution(1)).toMatchObject({ status: 'FAILED', statusCode: 429 });
    await belfry.clock.advanceBy(600_000);
    await belfry.runTick(belfry.inMs(50_000));
    await work();
    expect(target.requests).toHaveLength(1);
  });

  test('another worker holds the executions for the origin back, and sends them after the pause', async () => {
    askForPause(30);
    await runAtDue();
    target.answerWith(204);
    const later = await createDueJob({ schedule: new Date(Date.parse(DUE) + 2_000).toISOString() });
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 2_000));
    const other = compose(belfry.parts);
    await other.runWorker(belfry.inMs(TIMEOUT_MS));
    expect(target.requests).toHaveLength(1);
    expect(await theExecution(later.id)).toMatchObject({ status: 'SCHEDULED', retryCount: 0 });
    expect(await belfry.queue.stats(belfry.clock.nowMs())).toMatchObject({ ready: 0, processing: 0 });
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 31_000));
    await other.runWorker(belfry.inMs(TIMEOUT_MS));
    expect(await theExecution(later.id)).toMatchObject({ status: 'SUCCESS', retryCount: 0 });
    expect(await theExecution(1)).toMatchObject({ status: 'SUCCESS', retryCount: 0 });
  });

  test('a lost Redis loses only the sharing: the pause of the execution itself is in PostgreSQL', async () => {
    askForPause(30);
    await runAtDue();
    await belfry.redis.flushdb();
    target.answerWith(204);
    const other = compose(belfry.parts);
    await belfry.runTick(belfry.inMs(50_000));
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 20_000));
    await other.runWorker(belfry.inMs(TIMEOUT_MS));
    expect(target.requests).toHaveLength(1);
    await belfry.clock.advanceTo(new Date(Date.parse(DUE) + 30_000));
    await other.runWorker(belfry.inMs(TIMEOUT_MS));
    expect(await theExecution(1)).toMatchObject({ status: 'SUCCESS', retryCount: 0 });
  });
});
