import { describe, expect, test } from 'vitest';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { until } from '../../support/waiting.ts';
import { getJob, getSchedule } from '../../../lib/app/read-jobs.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, theExecution, work } from './worker-fixture.ts';

setUpWorker();

const create = (fields: Partial<NewJob>) => belfry.createJob(aJob({ api: `${target.url}/`, ...fields }));
const statusesOf = async (jobId: number) => (await belfry.executions(jobId)).map(({ status }) => status);

/** Goes to an instant, at which a tick and a worker run. Nothing may be due within 4 s after: the worker would wait for it. */
async function runAt(instant: string): Promise<void> {
  await belfry.clock.advanceTo(`2030-03-04T${instant}Z`);
  await belfry.runTick(belfry.inMs(10_000));
  await work();
}

describe('a change of the schedule', () => {
  test('makes a one-time job recur when the new schedule is a cron, as for a new job', async () => {
    const job = await createDueJob();
    const changed = await belfry.changeJob(job.id, { schedule: '*/10 * * * * *' });
    expect(changed.isRecurring).toBe(true);
    await runAt('10:00:10');
    await runAt('10:00:20');
    expect(target.requests).toHaveLength(2);
  });

  test('makes a recurring job one-time when the new schedule is an instant', async () => {
    const job = await create({ schedule: '@every 60s' });
    expect(await belfry.changeJob(job.id, { schedule: DUE })).toMatchObject({
      isRecurring: false,
      nextExecutionTime: new Date(DUE),
    });
  });

  test('keeps a cron that runs once as it is, when only its time changes', async () => {
    const job = await create({ schedule: '0 9 * * *', isRecurring: false });
    expect(await belfry.changeJob(job.id, { schedule: '0 12 * * *' })).toMatchObject({ isRecurring: false });
  });

  test('follows what is said about recurring, and refuses what cannot be', async () => {
    const job = await createDueJob();
    const once = await belfry.changeJob(job.id, { schedule: '0 9 * * *', isRecurring: false });
    expect(once.isRecurring).toBe(false);
    await expect(belfry.changeJob(job.id, { schedule: DUE, isRecurring: true })).rejects.toMatchObject({
      errors: [{ field: 'isRecurring' }],
    });
  });

  test('to an instant in the past is refused together with other mistakes, and also by itself', async () => {
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

  test('that is the passed one again is no mistake of its own', async () => {
    const job = await createDueJob();
    await runAt('10:00:10');
    const again = { schedule: job.schedule, type: 'AT_MOST_ONCE' as const, maxRetryCount: 3 };
    await expect(belfry.changeJob(job.id, again)).rejects.toMatchObject({
      errors: [{ field: 'maxRetryCount' }],
    });
  });

  test('leaves executions that are due already their run and their retries', async () => {
    target.answerWith(500);
    const job = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.changeJob(job.id, { schedule: '2030-03-04T11:00:00Z' });
    await work();
    target.answerWith(200);
    await runAt('10:00:08');
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  });

  test('leaves an occurrence its run that is due and that no tick has dispatched', async () => {
    const job = await create({ schedule: '2030-03-04T10:10:00Z', isRecurring: false });
    await belfry.clock.advanceTo('2030-03-04T10:10:01Z');
    await belfry.changeJob(job.id, { schedule: '2030-03-04T11:00:00Z' });
    await runAt('10:10:02');
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('a change of the time zone', () => {
  test('leaves an interval where it is', async () => {
    const job = await create({ schedule: '@every 90m' });
    await belfry.clock.advanceBy(600_000);
    const changed = await belfry.changeJob(job.id, { timeZone: 'Europe/Berlin' });
    expect(changed.nextExecutionTime).toEqual(job.nextExecutionTime);
  });

  test('moves a cron', async () => {
    const job = await create({ schedule: '0 12 * * *' });
    const changed = await belfry.changeJob(job.id, { timeZone: 'Europe/Berlin' });
    expect(changed.nextExecutionTime).toEqual(new Date('2030-03-04T11:00:00Z'));
  });

  test.each([{ schedule: DUE }, { schedule: '5 0 10 4 3 *' }])(
    'is possible for a one-time job that has run: $schedule',
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
    'run a cron that is to run once no second time, %s dispatched',
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

  test('run it again once it has a new schedule', async () => {
    const job = await create({ schedule: '5 * * * * *', isRecurring: false });
    await runAt('10:00:05');
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true, schedule: '15 * * * * *' });
    await runAt('10:00:15');
    expect(target.requests).toHaveLength(2);
  });

  test('leave an attempt that is out its retries', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.changeJob(job.id, { isActive: false });
    await belfry.changeJob(job.id, { isActive: true, schedule: '2030-03-04T11:00:00Z' });
    await running;
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'RETRYING', retryCount: 1 });
    target.answerWith(200);
    await runAt('10:00:08');
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'SUCCESS' });
  });

  test('do not make an attempt run again that was out when the job became AT_MOST_ONCE', async () => {
    target.answerWith('hang');
    const job = await createDueJob({ timeoutMs: 300 });
    await belfry.clock.advanceTo(DUE);
    const running = work();
    await until(() => target.requests.length === 1);
    await belfry.changeJob(job.id, { isActive: false });
    const schedule = '2030-03-04T11:00:00Z';
    await belfry.changeJob(job.id, { isActive: true, schedule, type: 'AT_MOST_ONCE', maxRetryCount: 0 });
    await running;
    expect((await belfry.executions(job.id))[0]).toMatchObject({ status: 'FAILED', retryCount: 0 });
  });
});

describe('a pause, and a deletion,', () => {
  const stops = {
    pause: (id: number) => belfry.changeJob(id, { isActive: false }),
    deletion: (id: number) => belfry.deleteJob(id),
  };

  test.each(['pause', 'deletion'] as const)(
    'leave a due execution its first attempt, and no retry: a %s',
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

  test.each(['pause', 'deletion'] as const)('end retries that wait: a %s', async (stop) => {
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
    'leave an occurrence its run that is due and that no tick has dispatched: a %s',
    async (stop) => {
      const job = await create({ schedule: '0 10 10 * * *' });
      await belfry.clock.advanceTo('2030-03-04T10:10:01Z');
      await stops[stop](job.id);
      await runAt('10:10:02');
      expect(await statusesOf(job.id)).toEqual(['SUCCESS']);
    },
  );
});

test('the job and its schedule give the same next time, ahead of and after its dispatch', async () => {
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
