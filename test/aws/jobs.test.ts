import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { timings } from '../../lib/topology.ts';
import { until } from '../support/waiting.ts';
import { startTarget, type Target } from '../support/target.ts';
import { type Api, type Execution, openApi } from './support/api.ts';
import { openStack } from './support/stack.ts';
import { subscribeQueue } from './support/topic.ts';

const stack = openStack();
const targets: Target[] = [];
let api: Api;

/** Tests of this file that call the API at the same time. */
const CONCURRENT_TESTS = 8;

beforeAll(async () => {
  api = await openApi(stack);
  // Starts an API environment for each test. On a busy machine each start takes seconds, and a job that is due in 5 seconds
  // would then be in the past. The worker is not started.
  await Promise.all(Array.from({ length: CONCURRENT_TESTS }, () => api.readTitle()));
});

afterAll(async () => {
  await Promise.all(targets.map((target) => target.close()));
});

async function openTarget(): Promise<Target> {
  const target = await startTarget(stack.targetHost);
  targets.push(target);
  return target;
}

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

const untilEnded = (jobId: number, timeoutMs = 30_000): Promise<Execution> =>
  until(
    async () =>
      (await api.listExecutions(jobId)).find(({ status }) => status === 'SUCCESS' || status === 'FAILED'),
    { timeoutMs, everyMs: 200 },
  );

describe('the deployed stack', { concurrent: true }, () => {
  test('the deployed stack reaches PostgreSQL, Redis and SQS', async () => {
    const health = z.object({ status: z.string(), checks: z.record(z.string(), z.string()) });
    expect(await api.call(health, 'GET', '/health/deep')).toMatchObject({
      status: 'ok',
      checks: { postgres: 'ok', redis: 'ok', sqs: 'ok' },
    });
  });

  test('the deployed stack refuses requests without a key, and answers as the API documents', async () => {
    const refused = await api.send('GET', '/api/v1/jobs', undefined, { 'x-api-key': 'bfy_wrong' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const invalid = await api.send('POST', '/api/v1/jobs', { schedule: 'never', api: 'nowhere' });
    expect(invalid.status).toBe(400);
    expect(JSON.parse(invalid.text)).toMatchObject({ code: 'VALIDATION_ERROR' });
    const absent = await api.send('GET', '/api/v1/jobs/999999999');
    expect(absent.status).toBe(404);
  });

  test('the deployed stack executes a job that was posted through API Gateway, at its instant and once', async () => {
    const target = await openTarget();
    const job = await api.createJob({
      schedule: inSeconds(5),
      api: `${target.url}/hook?a=b`,
      method: 'POST',
      headers: { 'x-mine': 'kept' },
      body: { hello: 'world' },
      isRecurring: false,
    });
    await until(() => target.requests.length > 0, { timeoutMs: 30_000 });
    const arrivedMs = Date.now();

    const [request] = target.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?a=b', body: '{"hello":"world"}' });
    expect(request?.headers).toMatchObject({ 'x-mine': 'kept', 'x-belfry-attempt': '1' });
    const dueMs = Date.parse(String(request?.headers['x-belfry-scheduled-at']));
    expect(arrivedMs).toBeGreaterThanOrEqual(dueMs);
    const execution = await untilEnded(job.id);
    expect(execution).toMatchObject({ status: 'SUCCESS', retryCount: 0, errorMessage: null });
    expect(Date.parse(execution.executionTime)).toBe(dueMs);
    expect(request?.headers['x-belfry-execution-id']).toBe(String(execution.id));
    expect(target.requests).toHaveLength(1);
  });

  test('the deployed stack sends the first job of a cold worker within seconds of the call', async () => {
    const target = await openTarget();
    const postedMs = Date.now();
    await api.createJob({ schedule: inSeconds(5), api: target.url, isRecurring: false });
    await until(() => target.requests.length > 0, { timeoutMs: 30_000 });
    expect(Date.now() - postedMs).toBeLessThan(15_000);
  });

  test('the deployed stack retries an execution that failed, later and under the same key', async () => {
    const target = await openTarget();
    target.answerWith(503);
    const job = await api.createJob({
      schedule: inSeconds(5),
      api: target.url,
      isRecurring: false,
      maxRetryCount: 3,
    });
    await until(() => target.requests.length > 0, { timeoutMs: 30_000 });
    const failed = (await api.listExecutions(job.id))[0];
    expect(failed?.status).not.toBe('SUCCESS');
    target.answerWith(204);

    const execution = await untilEnded(job.id, 60_000);
    expect(execution.status).toBe('SUCCESS');
    expect(execution.retryCount).toBe(target.requests.length - 1);
    expect(execution.retryCount).toBeGreaterThanOrEqual(1);
    const keys = target.requests.map(({ headers }) => headers['idempotency-key']);
    expect(new Set(keys).size).toBe(1);
    expect(target.requests.map(({ headers }) => headers['x-belfry-attempt'])).toEqual(
      target.requests.map((_, index) => String(index + 1)),
    );
  });

  test('the deployed stack never sends an AT_MOST_ONCE request again', async () => {
    const target = await openTarget();
    target.answerWith(500);
    const job = await api.createJob({
      schedule: inSeconds(5),
      api: target.url,
      isRecurring: false,
      type: 'AT_MOST_ONCE',
    });
    const execution = await untilEnded(job.id);
    expect(execution).toMatchObject({ status: 'FAILED', retryCount: 0 });
    expect(execution.errorMessage).toContain('500');
    expect(target.requests).toHaveLength(1);
  });

  // The first tick after the deployment stores the topic in PostgreSQL. Ticks send the reports.
  test('the deployed stack publishes the report of a failed execution to its topic', async () => {
    const { take, close } = await subscribeQueue(
      stack,
      stack.outputs.CallbackTopicArn,
      'belfry-test-reports',
    );
    try {
      const target = await openTarget();
      target.answerWith(500);
      const job = await api.createJob({ schedule: '@every 5s', api: target.url, maxRetryCount: 0 });
      const report = z.object({ type: z.string(), data: z.object({ job: z.object({ id: z.int() }) }) });
      const message = await until(
        async () =>
          (await take()).find(({ Body = '' }) => report.parse(JSON.parse(Body)).data.job.id === job.id),
        { timeoutMs: 200_000, everyMs: 500 },
      );
      await api.pauseJob(job.id);
      expect(JSON.parse(message.Body ?? '')).toMatchObject({
        type: 'job.failed',
        data: { execution: { status: 'FAILED', statusCode: 500 } },
      });
      expect(message.MessageAttributes).toMatchObject({ 'webhook-id': { DataType: 'String' } });
    } finally {
      await close();
    }
  });

  // Due after the look-ahead of the API, so only the tick can queue it.
  test('the deployed stack ticks by itself', { timeout: 150_000 }, async () => {
    const target = await openTarget();
    const job = await api.createJob({
      schedule: inSeconds(timings.lookAheadMs / 1_000 + 20),
      api: target.url,
      isRecurring: false,
    });
    expect(await api.listUpcoming(job.id)).toEqual([]);
    await until(async () => (await api.listUpcoming(job.id)).length > 0, {
      timeoutMs: 120_000,
      everyMs: 500,
    });
    expect(target.requests).toEqual([]);
    await api.pauseJob(job.id);
  });
});
