import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import type { PlannedWakeUps } from '../../../lib/domain/wake-up-plan.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, type Parts } from '../../support/belfry.ts';
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

const DUE_MS = Date.parse(DUE);

const createJobs = (count: number, fields: Partial<NewJob> = {}) =>
  belfry.createJobs(
    Array.from({ length: count }, (_, place) =>
      aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/${place}`, maxRetryCount: 0, ...fields }),
    ),
  );

const stats = () => belfry.queue.stats(belfry.clock.nowMs());

/** Slowly: each step is a chance to leave something behind. */
const passSlowly = <T>(running: Promise<T>) => passTimeUntilOver(running, { stepMs: 25, everyMs: 20 });

describe('a run leaves nothing behind', () => {
  test('work that a worker had no room for ahead is taken once it has room', async () => {
    await createJobs(300);
    await belfry.clock.advanceTo(DUE_MS - 2_100);
    const running = work();
    await until(async () => (await stats()).processing === 100);
    // A poll while the worker is full finds nothing, and says nothing about the rest.
    await belfry.clock.advanceBy(500);
    expect(await passSlowly(running)).toMatchObject({ succeeded: 300 });
  });

  test('work that a full window released is left to other workers, and one wake-up is sent for it', async () => {
    const plans: PlannedWakeUps[] = [];
    const settings = { ...belfry.settings, maxInFlight: 8 };
    let taken = 0;
    const { runWorker } = compose({
      ...belfry.parts,
      settings,
      publishWakeUps: async (plan) => void plans.push(...plan),
      queue: {
        ...belfry.queue,
        take: async (request) => {
          const result = await belfry.queue.take(request);
          taken += result.taken.length;
          return result;
        },
      },
    });
    await createJobs(8);
    await createJobs(16, { schedule: '2030-03-04T10:00:05.400Z', timeoutMs: 60_000 });
    await belfry.clock.advanceTo(DUE);
    const running = runWorker(belfry.inMs(TIMEOUT_MS));
    await until(async () => (await stats()).completed === 8);
    target.answerWith('hang');
    await until(async () => {
      if (target.requests.length < 16) await belfry.clock.advanceBy(25);
      return target.requests.length === 16;
    });
    [taken, plans.length] = [0, 0];
    await until(async () => {
      await belfry.clock.advanceBy(25);
      return (await stats()).ready === 8;
    });
    const takenBefore = taken;
    for (let step = 0; step < 20; step += 1) await belfry.clock.advanceBy(100);
    expect((await stats()).ready).toBe(8);
    expect(taken).toBe(takenBefore);
    expect(plans.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(2);
    target.answerWith(200);
    target.cut();
    await passSlowly(running);
  });

  test('a retry whose take ran twice is sent at its instant', async () => {
    target.answerWith(503);
    const job = await createDueJob({ maxRetryCount: 3 });
    await belfry.clock.advanceTo(DUE);
    await work();
    target.answerWith(200);
    let isFirst = true;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      take: async (request) => {
        if (isFirst) await belfry.queue.take(request);
        isFirst = false;
        return belfry.queue.take(request);
      },
    };
    await passSlowly(work({ queue }));
    await belfry.clock.advanceTo(DUE_MS + 2_000);
    await work();
    expect(target.requests).toHaveLength(2);
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  });

  test('a retry that did not reach the queue is sent at its instant', async () => {
    target.answerWith(503);
    const job = await createDueJob({ maxRetryCount: 3 });
    await belfry.clock.advanceTo(DUE);
    let settles = 0;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      settle: (request) => {
        settles += 1;
        return settles === 1 ? Promise.reject(new UnavailableError('Redis')) : belfry.queue.settle(request);
      },
    };
    await passSlowly(work({ queue }));
    target.answerWith(200);
    if (belfry.clock.nowMs() < DUE_MS + 2_000) await belfry.clock.advanceTo(DUE_MS + 2_000);
    await work();
    expect(await theExecution(job.id)).toMatchObject({ status: 'SUCCESS', retryCount: 1 });
  });

  test('a claim whose changed job cannot be read fails alone', async () => {
    const [changed] = await createJobs(1, { maxRetryCount: 2 });
    await createJobs(5, { type: 'AT_MOST_ONCE' });
    await belfry.changeJob(changed!.id, { timeoutMs: 20_000 });
    await belfry.clock.advanceTo(DUE);
    const query: Parts['pool']['query'] = (statement, values) =>
      typeof statement === 'object' && statement.name === 'find_execution_requests'
        ? Promise.reject(new UnavailableError('PostgreSQL'))
        : belfry.pool.query(statement, values);
    expect(await work({ pool: { ...belfry.pool, query } })).toMatchObject({ succeeded: 5, retried: 1 });
    expect(await theExecution(changed!.id)).toMatchObject({
      status: 'RETRYING',
      errorMessage: expect.stringContaining('not sent'),
    });
  });

  test('a run that closes wakes one other worker', async () => {
    await createJobs(1, { timeoutMs: 60_000 });
    await belfry.clock.advanceTo(DUE);
    const plans: PlannedWakeUps[] = [];
    const { runWorker } = compose({
      ...belfry.parts,
      publishWakeUps: async (plan) => void plans.push(...plan),
    });
    await passSlowly(runWorker(belfry.inMs(30_000)));
    expect(plans).toEqual([{ delaySeconds: 0, count: 1 }]);
  });
});
