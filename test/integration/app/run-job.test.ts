import { describe, expect, test } from 'vitest';
import { insertUnscheduled } from '../../../lib/db/unscheduled-executions.ts';
import { JobNotFoundError, ValidationError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import { belfry, createDueJob, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const LARGE = JSON.stringify('y'.repeat(5_000));
const run = (jobId: number, body?: string) => belfry.runJob(jobId, { body });
const statusesOf = async (jobId: number) => (await belfry.executions(jobId)).map(({ status }) => status);

describe('a job that is run by hand', () => {
  test('a job that is run by hand runs at once, and keeps its schedule and its next occurrence', async () => {
    const job = await createDueJob();
    const execution = await run(job.id);
    expect(execution).toMatchObject({
      jobId: job.id,
      trigger: 'MANUAL',
      originId: null,
      status: 'SCHEDULED',
    });
    expect(execution.executionTime).toEqual(new Date(belfry.clock.nowMs()));
    expect(await work()).toMatchObject({ attempts: 1, succeeded: 1 });
    expect(target.requests[0]?.headers).toMatchObject({
      'x-belfry-execution-id': String(execution.id),
      'x-belfry-trigger': 'MANUAL',
      'x-belfry-scheduled-at': execution.executionTime.toISOString(),
    });
    expect(await belfry.executions(job.id)).toMatchObject([
      { id: execution.id, status: 'SUCCESS' },
      { status: 'SCHEDULED' },
    ]);
    await belfry.clock.advanceBy(5_000);
    expect(await work()).toMatchObject({ attempts: 1, succeeded: 1 });
  });

  test('a run by hand does not take the place of an occurrence of the same millisecond', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceBy(5_000);
    await run(job.id);
    await run(job.id);
    expect(await work()).toMatchObject({ succeeded: 3 });
    expect(await statusesOf(job.id)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
  });

  test('a paused job can be run by hand, and a second pause leaves the run alone', async () => {
    const job = await createDueJob({ isActive: false });
    await run(job.id);
    await belfry.changeJob(job.id, { isActive: false });
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(await statusesOf(job.id)).toEqual(['SUCCESS']);
  });

  test('a run by hand is retried although the job is paused meanwhile', async () => {
    const job = await createDueJob({ schedule: '@hourly', isRecurring: true });
    target.answerWith(503);
    await run(job.id);
    await work();
    expect(await statusesOf(job.id)).toEqual(['RETRYING']);
    await belfry.changeJob(job.id, { isActive: false });
    target.answerWith(200);
    await belfry.clock.advanceBy(1_000);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect(await statusesOf(job.id)).toEqual(['SUCCESS']);
  });

  test('a run by hand follows a change of the job that comes before its request', async () => {
    const job = await createDueJob({ schedule: '@hourly', isRecurring: true });
    await run(job.id);
    await belfry.changeJob(job.id, { api: `${target.url}/changed` });
    await work();
    expect(target.requests.map(({ path }) => path)).toEqual(['/changed']);
  });

  test('a run by hand has one attempt and no retry when the job is deleted meanwhile', async () => {
    const job = await createDueJob({ schedule: '@hourly', isRecurring: true });
    target.answerWith(503);
    await run(job.id);
    await belfry.deleteJob(job.id);
    expect(await work()).toMatchObject({ attempts: 1, failed: 1 });
    expect(await statusesOf(job.id)).toEqual(['FAILED']);
  });

  test('a job that is deleted or never existed cannot be run by hand', async () => {
    const job = await createDueJob();
    await belfry.deleteJob(job.id);
    await expect(run(job.id)).rejects.toThrow(JobNotFoundError);
    await expect(run(9_999)).rejects.toThrow(JobNotFoundError);
  });

  test('a run by hand does not count as the only run of a one-time job that is paused and resumed', async () => {
    const job = await createDueJob();
    await run(job.id);
    await work();
    await belfry.changeJob(job.id, { isActive: false });
    const resumed = await belfry.changeJob(job.id, { isActive: true });
    expect(resumed.nextExecutionTime).not.toBeNull();
    await belfry.clock.advanceBy(5_000);
    expect(await work()).toMatchObject({ succeeded: 1 });
  });

  test('a one-time job that has finished can be run by hand, and stays finished', async () => {
    const job = await createDueJob();
    await belfry.clock.advanceBy(5_000);
    await work();
    await run(job.id);
    expect(await work()).toMatchObject({ succeeded: 1 });
    expect((await belfry.changeJob(job.id, { isActive: false })).nextExecutionTime).toBeNull();
    expect((await belfry.changeJob(job.id, { isActive: true })).nextExecutionTime).toBeNull();
  });

  test('a run by hand sends the secret headers of the job', async () => {
    const job = await createDueJob({ headers: { Authorization: 'Bearer secret' } });
    await run(job.id);
    await work();
    expect(target.requests[0]?.headers.authorization).toBe('Bearer secret');
  });

  test('a run by hand of an AT_MOST_ONCE job is sent at most once', async () => {
    const job = await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    target.answerWith(503);
    await run(job.id);
    expect(await work()).toMatchObject({ attempts: 1, failed: 1 });
  });

  test('a run by hand that Redis has lost is queued by the next tick', async () => {
    const job = await createDueJob({ schedule: '@hourly', isRecurring: true });
    await run(job.id);
    await belfry.redis.flushdb();
    await belfry.runTick(belfry.inMs(30_000));
    expect(await work()).toMatchObject({ succeeded: 1 });
  });
});

describe('a body for one run', () => {
  test.each([
    ['a small body', '{"kind":"catch-up"}', '{"kind":"catch-up"}'],
    ['a large body', LARGE, 'y'.repeat(5_000)],
    ['no body', 'null', ''],
  ])('%s replaces the body of the job for that run only', async (_, body, sent) => {
    const job = await createDueJob({ body: '{"kind":"nightly"}' });
    await run(job.id, body);
    await work();
    await belfry.clock.advanceBy(5_000);
    await work();
    expect(target.requests.map((request) => request.body)).toEqual([sent, '{"kind":"nightly"}']);
  });

  test.each([['{"kind":"catch-up"}'], [LARGE]])(
    'a body for one run survives a lost Redis and a change of the job',
    async (body) => {
      const job = await createDueJob({
        schedule: '@hourly',
        isRecurring: true,
        body: LARGE.replace('y', 'z'),
      });
      await run(job.id, body);
      await belfry.redis.flushdb();
      await belfry.runTick(belfry.inMs(30_000));
      await belfry.changeJob(job.id, { api: `${target.url}/changed` });
      await work();
      const sent = body === LARGE ? 'y'.repeat(5_000) : body;
      expect(target.requests).toMatchObject([{ path: '/changed', body: sent }]);
    },
  );

  test('a body is refused for a job whose method has none', async () => {
    const job = await createDueJob({ method: 'GET' });
    await expect(run(job.id, '{}')).rejects.toThrow(ValidationError);
    await run(job.id, 'null');
    expect(await work()).toMatchObject({ succeeded: 1 });
  });
});

test('a thousand unscheduled executions of one job at one instant have different execution times', async () => {
  const job = await belfry.createJob(aJob({ schedule: '@hourly' }));
  const one = { jobId: job.id, trigger: 'REDRIVE' as const, originId: 1, body: null };
  const now = new Date(belfry.clock.nowMs());
  const insert = () =>
    insertUnscheduled(
      belfry.pool,
      Array.from({ length: 600 }, () => one),
      now,
    );
  const stored = (await Promise.all([insert(), insert()])).flat();
  expect(stored.every((execution) => execution !== undefined)).toBe(true);
  const { rows } = await belfry.pool.query<{ times: number; whole: number }>(
    `select count(distinct execution_time) as times,
            count(*) filter (where execution_time = date_trunc('milliseconds', execution_time)) as whole
       from job_executions where job_id = $1 and trigger = 'REDRIVE'`,
    [job.id],
  );
  expect(rows[0]).toEqual({ times: 1_200, whole: 0 });
});
