import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import type { NewJob } from '../../../lib/domain/job.ts';
import { aJob } from '../../support/a-job.ts';
import { compose, type Parts } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { belfry, DUE, passTimeUntilOver, setUpWorker, target, TIMEOUT_MS, work } from './worker-fixture.ts';

setUpWorker();

const createJobs = (count: number, fields: Partial<NewJob> = {}) =>
  belfry.createJobs(
    Array.from({ length: count }, (_, place) =>
      aJob({ schedule: DUE, isRecurring: false, api: `${target.url}/${place}`, maxRetryCount: 0, ...fields }),
    ),
  );

const stats = () => belfry.queue.stats(belfry.clock.nowMs());

/** Resolves with the duration of the run in milliseconds. */
async function measure(running: Promise<unknown>): Promise<number> {
  const startMs = belfry.clock.nowMs();
  await passTimeUntilOver(running, { stepMs: 50 });
  return belfry.clock.nowMs() - startMs;
}

describe('a worker holds nothing back', () => {
  test('a worker sends every due execution even when SQS never answers, and ends 3 s after', async () => {
    await createJobs(1_000);
    await belfry.clock.advanceTo(DUE);
    const running = work({ publishWakeUps: () => new Promise(() => {}) });
    await until(() => target.requests.length === 1_000, { timeoutMs: 15_000 });
    expect(belfry.clock.nowMs()).toBe(Date.parse(DUE));
    expect(await measure(running)).toBeLessThanOrEqual(3_500);
    expect(await running).toMatchObject({ succeeded: 1_000 });
  });

  test('a worker records retries even when SQS never answers, and other workers find them', async () => {
    target.answerWith(503);
    await createJobs(10, { maxRetryCount: 1 });
    await belfry.clock.advanceTo(DUE);
    const running = work({ publishWakeUps: () => new Promise(() => {}) });
    await until(async () => (await stats()).retrying === 10);
    await passTimeUntilOver(running, { stepMs: 50 });
    expect(await running).toMatchObject({ retried: 10 });
  });

  test('executions of a take whose answer was lost are returned, and are sent in the same run', async () => {
    await createJobs(50);
    await belfry.clock.advanceTo(DUE);
    let isFirst = true;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      // As the client does after a pause of Redis: the command ran, and is sent again.
      take: async (request) => {
        if (isFirst) await belfry.queue.take({ ...request, limit: 20 });
        isFirst = false;
        return belfry.queue.take({ ...request, limit: 20 });
      },
    };
    expect(await work({ queue })).toMatchObject({ succeeded: 50, claimsLost: 0 });
    expect(target.requests).toHaveLength(50);
    expect(await stats()).toMatchObject({ ready: 0, processing: 0 });
  });

  test('executions taken ahead whose answer was lost are returned, each for its own instant', async () => {
    await createJobs(3);
    await belfry.clock.advanceTo(Date.parse(DUE) - 2_000);
    let isFirst = true;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      take: async (request) => {
        if (isFirst) await belfry.queue.take({ ...request, limit: 2 });
        isFirst = false;
        return belfry.queue.take(request);
      },
    };
    const running = work({ queue });
    await passTimeUntilOver(running, { stepMs: 50 });
    expect(await running).toMatchObject({ succeeded: 3 });
    expect(target.requests).toHaveLength(3);
  });

  test('a worker continues with its held executions while a take is not answered', async () => {
    await createJobs(300);
    await belfry.clock.advanceTo(DUE);
    let takes = 0;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      take: (request) => {
        takes += 1;
        return takes === 1 || takes > 3
          ? belfry.queue.take(request)
          : Promise.reject(new UnavailableError('Redis'));
      },
    };
    const running = work({ queue });
    await until(() => target.requests.length === 100);
    await passTimeUntilOver(running, { stepMs: 50 });
    expect(await running).toMatchObject({ succeeded: 300 });
  });

  test('a worker that fails releases its held executions at once, wakes another worker, and then waits for its requests', async () => {
    target.answerWith('hang');
    await createJobs(1, { timeoutMs: 60_000 });
    await createJobs(5, { schedule: '2030-03-04T10:00:08.000Z' });
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    let hasHeartbeats = true;
    const queue: Parts['queue'] = {
      ...belfry.queue,
      heartbeat: (request) =>
        hasHeartbeats ? belfry.queue.heartbeat(request) : Promise.reject(new Error('a fault of our own')),
    };
    const running = work({ queue });
    await until(() => target.requests.length === 1);
    await until(async () => {
      await belfry.clock.advanceBy(50);
      return (await stats()).processing === 6;
    });
    hasHeartbeats = false;
    // The held executions are due at 8 s, and are sent; five more are held for later when the heartbeat fails at 15 s.
    await createJobs(5, { schedule: '2030-03-04T10:00:17.900Z' });
    await belfry.clock.advanceTo('2030-03-04T10:00:16.000Z');
    await until(async () => (await stats()).processing === 6 && (await stats()).scheduled === 5);
    expect(await belfry.countWakeUps()).toBeGreaterThan(0);
    target.answerWith(200);
    target.cut();
    await expect(passTimeUntilOver(running, { stepMs: 50 })).rejects.toThrow('a fault of our own');
    expect(await stats()).toMatchObject({ processing: 0, scheduled: 5 });
  });

  test('a worker that cannot reach Redis for 20 s fails, and sends no wake-up, because its own wake-ups return', async () => {
    await createJobs(5);
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    const away = () => Promise.reject(new UnavailableError('Redis'));
    const queue: Parts['queue'] = {
      ...belfry.queue,
      take: away,
      heartbeat: away,
      release: away,
      retire: away,
    };
    await expect(passTimeUntilOver(work({ queue }), { stepMs: 50 })).rejects.toThrow('Redis');
    expect(await belfry.countWakeUps()).toBe(0);
  });

  test('a worker that is full of work due later takes executions that are due now', async () => {
    const { runWorker } = compose({ ...belfry.parts, settings: { ...belfry.settings, maxInFlight: 8 } });
    await createJobs(50, { schedule: '2030-03-04T10:00:08.000Z' });
    await belfry.clock.advanceTo(DUE);
    const running = runWorker(belfry.inMs(TIMEOUT_MS));
    await until(async () => (await stats()).processing === 8);
    await createJobs(1, { schedule: '2030-03-04T10:00:05.500Z', api: `${target.url}/now` });
    await belfry.clock.advanceTo('2030-03-04T10:00:05.700Z');
    await until(() => target.requests.some(({ path }) => path === '/now'));
    await passTimeUntilOver(running, { stepMs: 50 });
  });

  test('a worker whose hosts answer quickly holds far more than its window ahead, and wakes no other worker for it', async () => {
    // The duration of a request is measured in real time, which is longer on a busy machine.
    const callTarget: Parts['callTarget'] = async (...args) => {
      const result = await belfry.parts.callTarget(...args);
      return result.kind === 'answered' ? { ...result, durationMs: 2 } : result;
    };
    const environment = compose({ ...belfry.parts, callTarget });
    await createJobs(100);
    await createJobs(1_000, { schedule: '2030-03-04T10:00:08.000Z' });
    await belfry.clock.advanceTo(DUE);
    await belfry.purgeWakeUps();
    const running = environment.runWorker(belfry.inMs(TIMEOUT_MS));
    await until(async () => (await stats()).completed === 100);
    await belfry.clock.advanceBy(250);
    await until(async () => (await stats()).processing > 200);
    expect(belfry.clock.nowMs()).toBeLessThan(Date.parse('2030-03-04T10:00:06.000Z'));
    expect(await belfry.countWakeUps()).toBe(0);
    await passTimeUntilOver(running, { stepMs: 50 });
    expect(target.requests.length).toBeGreaterThan(300);
  });
});
