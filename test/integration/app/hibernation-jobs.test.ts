import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { composeDeclaredJobs } from '../../../functions/compose/declared-jobs.ts';
import { aJob } from '../../support/a-job.ts';
import { createHibernating, MINUTE, type Hibernating } from './hibernation-fixture.ts';

let belfry: Hibernating;
beforeEach(async () => {
  belfry = await createHibernating();
});
afterEach(() => belfry.close());

const onceAt = (time: string) => aJob({ schedule: `2030-03-04T${time}Z`, isRecurring: false });

describe('a job that is created while Belfry hibernates', () => {
  beforeEach(async () => {
    await belfry.createJob(onceAt('16:00:00'));
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    belfry.server.done.length = 0;
  });

  test('a job that is due before the one-time tick turns the minute tick on', async () => {
    await belfry.createJob(onceAt('12:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
    expect(await belfry.read()).toMatchObject({ state: 'awake' });
    await belfry.clock.advanceBy(MINUTE);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    expect(belfry.oneTimeTicks()).toEqual(['11:55:00']);
  });

  test('a job that is changed to be due before the one-time tick turns the minute tick on', async () => {
    const job = await belfry.createJob(onceAt('17:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(false);
    await belfry.changeJob(job.id, { schedule: '2030-03-04T12:00:00Z' });
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('a declared job that becomes due before the one-time tick turns the minute tick on', async () => {
    const { declareJob } = composeDeclaredJobs(belfry.parts);
    await declareJob('later', onceAt('23:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(false);
    await declareJob('later', onceAt('10:20:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
    await belfry.changeJob((await declareJob('later', onceAt('23:00:00'))).id, { isActive: false });
    await belfry.clock.advanceBy(4 * MINUTE);
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    await declareJob('sooner', onceAt('10:30:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('a run by hand turns the minute tick on', async () => {
    const job = await belfry.createJob(aJob({ isActive: false }));
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(false);
    await belfry.runJob(job.id, { body: undefined });
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('a job that is due after the one-time tick, or never, leaves the minute tick off', async () => {
    const job = await belfry.createJob(onceAt('16:00:01'));
    await belfry.changeJob(job.id, { isActive: false });
    expect(belfry.server.done).toEqual([]);
    expect(await belfry.read()).toMatchObject({ state: 'asleep' });
  });

  test('a job that is due before the first minute tick can see it is dispatched at once', async () => {
    const job = await belfry.createJob(onceAt('10:03:00'));
    expect(await belfry.dispatched(job.id)).toEqual(['10:03:00']);
    // The tick was turned on, and has not run yet.
    await belfry.clock.advanceBy(10_000);
    const another = await belfry.createJob(onceAt('10:03:10'));
    expect(await belfry.dispatched(another.id)).toEqual(['10:03:10']);
  });

  test('a job is created even when EventBridge Scheduler does not answer, and the next job asks again', async () => {
    belfry.server.intercept(() => ({ status: 429, code: 'ThrottlingException' }));
    await belfry.createJob(onceAt('12:00:00'));
    expect(belfry.logged).toEqual(['ticks_not_on']);
    expect(await belfry.read()).toMatchObject({ state: 'resuming' });
    expect(belfry.isMinuteTickOn()).toBe(false);
    belfry.server.intercept(() => undefined);
    // This job alone could wait.
    await belfry.createJob(onceAt('18:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
    expect(await belfry.read()).toMatchObject({ state: 'awake' });
  });

  test('a job whose creator died before it turned the tick on is dispatched by the one-time tick', async () => {
    belfry.server.intercept(() => ({ status: 500, code: 'InternalServerException' }));
    const job = await belfry.createJob(onceAt('12:00:00'));
    belfry.server.intercept(() => undefined);
    await belfry.clock.advanceTo('2030-03-04T15:57:00Z');
    await belfry.tick();
    expect(belfry.isMinuteTickOn()).toBe(true);
    expect(await belfry.dispatched(job.id)).toEqual(['12:00:00']);
  });

  test('a new job turns the minute tick on when its state is unknown', async () => {
    const blind: typeof belfry.pool = {
      ...belfry.pool,
      query: (statement, values) =>
        typeof statement !== 'string' && statement.name === 'read_decided_hibernation'
          ? belfry.unavailable()
          : belfry.pool.query(statement, values),
    };
    await belfry.withParts({ pool: blind }).createJob(onceAt('12:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
  });

  test('a new job turns the minute tick on, whenever it is due, when the one-time tick is overdue', async () => {
    await belfry.clock.advanceTo('2030-03-04T16:05:00Z');
    await belfry.createJob(onceAt('20:00:00'));
    expect(belfry.isMinuteTickOn()).toBe(true);
  });
});
