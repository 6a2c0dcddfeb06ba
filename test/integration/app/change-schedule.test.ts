import { describe, expect, test } from 'vitest';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { getJob, getSchedule } from '../../../lib/app/read-jobs.ts';
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

const create = (fields: Partial<NewJob>) => belfry.createJob(aJob({ api: `${target.url}/`, ...fields }));
const statusesOf = async (jobId: number) => (await belfry.executions(jobId)).map(({ status }) => status);

/**
 * Advances to an instant, at which a tick and a worker run. No execution may be due within the next 4 s: the worker would wait
 * for it.
 */
async function runAt(instant: string): Promise<void> {
  await belfry.clock.advanceTo(`2030-03-04T${instant}Z`);
  await belfry.runTick(belfry.inMs(10_000));
  await work();
}

describe('a change of the schedule', () => {
  test('a one-time job becomes recurring when its new schedule is a cron expression, as a new job would', async () => {
    const job = await createDueJob();
    const changed = await belfry.changeJob(job.id, { schedule: '*/10 * * * * *' });
    expect(changed.isRecurring).toBe(true);
    await runAt('10:00:10');
    await runAt('10:00:20');
    expect(target.requests).toHaveLength(2);
  });

  test('a recurring job becomes one-time when its new schedule is an instant', async () => {
    const job = await create({ schedule: '@every 60s' });
    expect(await belfry.changeJob(job.id, { schedule: DUE })).toMatchObject({
      isRecurring: false,
      nextExecutionTime: new Date(DUE),
    });
  });

  test('a cron job that runs once stays so when only its time changes', async () => {
    const job = await create({ schedule: '0 9 * * *', isRecurring: false });
    expect(await belfry.changeJob(job.id, { schedule: '0 12 * * *' })).toMatchObject({ isRecurring: false });
  });

  test('a change may say whether the job recurs, and impossible combinations are refused', async () => {
    const job = await createDueJob();
    const once = await belfry.changeJob(job.id, { schedule: '0 9 * * *', isRecurring: false });
    expect(once.isRecurring).toBe(false);
    await expect(belfry.changeJob(job.id, { schedule: DUE, isRecurring: true })).rejects.toMatchObject({
      errors: [{ field: 'isRecurring' }],
    });
  });

  test('a change to an instant in the past is refused, both alone and together with other mistakes', async () => {
    const job = await create({ schedule: '0 9 * * *' });
    const past = { schedule: '2020-01-01T00:00:00Z', isRecurring: true, method: 'GET' as const };
    await expect(belfry.changeJob(job.id, { ...past, body: '{}' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: [
        { field: 'body' },
        { field: 'isRecurring' },
        { field: 'schedule', message: expect.stringContaining('is in the past') },
      ],
    });
    await expect(belfry.changeJob(job.id, { schedule: past.schedule })).rejects.toMatchObject({
      code: 'INVALID_SCHEDULE',
    });
  });

  test('a change to a local instant without a time zone is an invalid schedule, as in a new job', async () => {
    const job = await create({ schedule: '0 9 * * *' });
    const local = { schedule: '2031-05-01T12:00:00' };
    await expect(belfry.changeJob(job.id, local)).rejects.toMatchObject({
      code: 'INVALID_SCHEDULE',
      errors: [{ field: 'schedule', message: expect.stringContaining('or set timeZone') }],
    });
    await expect(belfry.changeJob(job.id, { ...local, isRecurring: true })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      errors: [{ field: 'isRecurring' }, { field: 'schedule' }],
    });
    expect(await belfry.changeJob(job.id, { ...local, timeZone: 'UTC' })).toMatchObject(local);
  });

  test('a change that repeats an instant that has passed is accepted', async () => {
    const job = await createDueJob();
    await runAt('10:00:10');
    const again = { schedule: job.schedule, type: 'AT_MOST_ONCE' as const, maxRetryCount: 3 };
    await expect(belfry.changeJob(job.id, again)).rejects.toMatchObject({
      errors: [{ field: 'maxRetryCount' }],
    });
  });

  test('a change of the schedule keeps due executions and their retries', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.changeJob(job.id, { schedule: '2030-03-04T11:00:00Z' });
    await work();
    target.answerWith(200);
    await runAt('10:00:08');
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  });

  test('a change of the schedule keeps a due occurrence that no tick has dispatched', async () => {
    const job = await create({ schedule: '2030-03-04T10:10:00Z', isRecurring: false });
    await belfry.clock.advanceTo('2030-03-04T10:10:01Z');
    await belfry.changeJob(job.id, { schedule: '2030-03-04T11:00:00Z' });
    await runAt('10:10:02');
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('a change of the time zone', () => {
  test('a change of the time zone does not move an interval', async () => {
    const job = await create({ schedule: '@every 90m' });
    await belfry.clock.advanceBy(600_000);
    const changed = await belfry.changeJob(job.id, { timeZone: 'Europe/Berlin' });
    expect(changed.nextExecutionTime).toEqual(job.nextExecutionTime);
  });

  test('a change of the time zone moves a cron schedule', async () => {
    const job = await create({ schedule: '0 12 * * *' });
    const changed = await belfry.changeJob(job.id, { timeZone: 'Europe/Berlin' });
    expect(changed.nextExecutionTime).toEqual(new Date('2030-03-04T11:00:00Z'));
  });

  test.each([{ schedule: DUE }, { schedule: '5 0 10 4 3 *' }])(
    'a one-time job that has run may change its time zone: $schedule',
    async ({ schedule }) => {
      const job = await createDueJob({ schedule });
      await runAt('10:00:05');
      const changed = await belfry.changeJob(job.id, { timeZone: 'Europe/Berlin' });
      expect(changed).toMatchObject({ timeZone: 'Europe/Berlin', nextExecutionTime: null });
      await runAt('11:00:05');
      expect(target.requests).toHaveLength(1);
    },
  );
});

describe('a pause and a resume', () => {
  test.each(['before it was', 'after it was'])(
    'a cron job that runs once does not run again after a pause and a resume %s dispatched',
    async (when) => {
      const job = await create({ schedule: '5 * * * * *', isRecurring: false });
      if (when === 'before it was') {
        await belfry.changeJob(job.id, { isActive: false });
        await belfry.changeJob(job.id, { isActive: true });
      }
      await runAt('10:00:05');
      expect(target.requests).toHaveLength(1);
      await belfry.changeJob(job.id, { isActive: false });
      const resumed = await belfry.changeJob(job.id, { isActive: true });
      expect(resumed).toMatchObject({ isActive: true, nextExecutionTime: null });
      await runAt('10:01:05');
      expect(target.requests).toHaveLength(1);
    },
  );

  test('a job that has run once runs again after a pause and a resume with a new schedule', async () => {
    const job = await create({ schedule: '5 * * * * *', isRecurring: false });
    await runAt('10:00:05');
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true, schedule: '15 * * * * *' });
    await runAt('10:00:15');
    expect(target.requests).toHaveLength(2);
  });

  test('an attempt under way keeps its retries through a pause and a resume', async () => {
    const { job, fail } = await startHangingRequest();
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true, schedule: '2030-03-04T11:00:00Z' });
    await fail();
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'RETRYING', retryCount: 1 });
    target.answerWith(200);
    await runAt('10:00:08');
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'SUCCESS' });
  });

  test('an attempt under way does not run again when its job became AT_MOST_ONCE during a pause', async () => {
    const { job, fail } = await startHangingRequest();
    await belfry.changeJob(job.id, { isActive: false });
    const schedule = '2030-03-04T11:00:00Z';
    await belfry.changeJob(job.id, { isActive: true, schedule, type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await fail();
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'FAILED', retryCount: 0 });
  });
});

describe('a pause and a deletion', () => {
  const stops = {
    pause: (id: number) => belfry.changeJob(id, { isActive: false }),
    deletion: (id: number) => belfry.deleteJob(id),
  };

  test.each(['pause', 'deletion'] as const)(
    'a due execution gets its first attempt and no retry after a %s of its job',
    async (stop) => {
      target.answerWith(500);
      const job = await createDueJob();
      await belfry.clock.advanceTo(DUE);
      await stops[stop](job.id);
      await runAt('10:00:08');
      expect(target.requests).toHaveLength(1);
      expect(await theExecution(job.id)).toMatchObject({ status: 'FAILED', retryCount: 0 });
    },
  );

  test.each(['pause', 'deletion'] as const)('waiting retries end with a %s of their job', async (stop) => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work();
    await stops[stop](job.id);
    await runAt('10:00:08');
    expect(await statusesOf(job.id)).toEqual(['CANCELLED']);
    expect(target.requests).toHaveLength(1);
  });

  test.each(['pause', 'deletion'] as const)(
    'a due occurrence that no tick has dispatched still runs after a %s of its job',
    async (stop) => {
      const job = await create({ schedule: '0 10 10 * * *' });
      await belfry.clock.advanceTo('2030-03-04T10:10:01Z');
      await stops[stop](job.id);
      await runAt('10:10:02');
      expect(await statusesOf(job.id)).toEqual(['SUCCESS']);
    },
  );
});

test('a job and its schedule report the same next time before and after the dispatch', async () => {
  const job = await createDueJob();
  const recurring = await create({ schedule: '*/10 * * * * *' });
  const now = () => belfry.clock.now();
  const nextOf = async (id: number) => [
    (await getJob(belfry.pool, id, now())).nextExecutionTime,
    (await getSchedule(belfry.pool, id, now())).nextExecutionTime,
  ];
  expect(await nextOf(job.id)).toEqual([new Date(DUE), new Date(DUE)]);
  const tenth = new Date('2030-03-04T10:00:10Z');
  expect(await nextOf(recurring.id)).toEqual([tenth, tenth]);
});
