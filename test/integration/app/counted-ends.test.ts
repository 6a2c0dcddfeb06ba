import { expect, test } from 'vitest';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { compose, type Parts } from '../../support/belfry.ts';
import { until } from '../../support/waiting.ts';
import { belfry, createDueJob, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const LEASE_MS = 30_000;
const tick = (parts: Partial<Parts> = {}) =>
  compose({ ...belfry.parts, ...parts }).runTick(belfry.inMs(50_000));
const counts = async (atMs = belfry.clock.nowMs()) => {
  const { completed, failed, processing, ready } = await belfry.queue.stats(atMs);
  return { completed, failed, processing, ready };
};
const away = () => Promise.reject(new UnavailableError('away'));
const redisAway = (): Parts['queue'] => ({
  ...belfry.queue,
  enqueue: away,
  findAbsent: away,
  reclaim: away,
  overdue: away,
  settle: away,
});

/** Jobs whose worker takes and claims them, and then vanishes. */
async function vanishWith(count: number): Promise<void> {
  for (let place = 0; place < count; place += 1)
    await createDueJob({ type: 'AT_MOST_ONCE', maxRetryCount: 0 });
  await belfry.clock.advanceTo(DUE);
  const nowMs = belfry.clock.nowMs();
  await belfry.queue.take({
    workerId: 'gone',
    nowMs,
    horizonMs: nowMs,
    limit: count,
    leaseMs: LEASE_MS,
  });
  await belfry.pool.query(
    `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), started_at = $1,
            lease_expires_at = $1`,
    [new Date(nowMs)],
  );
}

test('executions that ended FAILED because their worker vanished are counted once, on the day they failed', async () => {
  await vanishWith(3);
  expect(await tick()).toMatchObject({ failed: 3 });
  expect(await counts()).toMatchObject({ failed: 3 });
  // Entries that the worker had taken are released, and the next worker finds that the executions have ended.
  await belfry.clock.advanceBy(LEASE_MS);
  await tick();
  await work();
  expect(await counts()).toEqual({ completed: 0, failed: 3, processing: 0, ready: 0 });
});

test('a failure that Redis could not count is counted on the day of the failure once Redis is back', async () => {
  await vanishWith(2);
  await belfry.clock.advanceTo('2030-03-04T23:59:50Z');
  const failedMs = belfry.clock.nowMs();
  expect(await tick({ queue: redisAway() })).toMatchObject({ failed: 2, failedParts: ['Redis'] });
  await belfry.clock.advanceTo('2030-03-05T00:00:50Z');
  await tick();
  expect(await counts(failedMs)).toMatchObject({ failed: 2 });
  expect(await counts()).toMatchObject({ failed: 0 });
  await work();
  await tick();
  expect([(await counts(failedMs)).failed, (await counts()).failed]).toEqual([2, 0]);
});

test('a failure is not counted twice when a tick dies after Redis has counted it', async () => {
  await vanishWith(2);
  const pool: Parts['pool'] = {
    ...belfry.pool,
    query: (statement, values) =>
      typeof statement !== 'string' && statement.name === 'delete_uncounted_failures'
        ? away()
        : belfry.pool.query(statement, values),
  };
  await expect(tick({ pool })).rejects.toThrow('away');
  expect(await counts()).toMatchObject({ failed: 2 });
  await tick();
  expect(await counts()).toMatchObject({ failed: 2 });
  expect((await belfry.pool.query('select from uncounted_failures')).rowCount).toBe(0);
});

test('an end that its worker recorded without removing it from the queue is counted by the next worker', async () => {
  target.answerWith(500);
  await createDueJob({ maxRetryCount: 0 });
  await createDueJob({ maxRetryCount: 0 });
  await belfry.clock.advanceTo(DUE);
  const mute: Parts['queue'] = { ...belfry.queue, settle: away };
  await work({ queue: mute });
  expect((await belfry.pool.query(`select from job_executions where status = 'FAILED'`)).rowCount).toBe(2);
  expect(await counts()).toMatchObject({ failed: 0 });
  await work();
  expect(await counts()).toEqual({ completed: 0, failed: 2, processing: 0, ready: 0 });
});

test('an end is counted even when its worker did not receive the confirmation of the recording', async () => {
  await createDueJob();
  await belfry.clock.advanceTo(DUE);
  let isLost = false;
  const pool: Parts['pool'] = {
    ...belfry.pool,
    query: async (statement, values) => {
      const result = await belfry.pool.query<never>(statement, values);
      const text = typeof statement === 'string' ? statement : statement.text;
      if (isLost || !text.includes('execution_duration = d.duration_ms')) return result;
      isLost = true;
      throw new UnavailableError('PostgreSQL');
    },
  };
  let isDone = false;
  const working = work({ pool }).finally(() => (isDone = true));
  await until(() => isLost);
  // The worker tries again after a second. Small steps, so that its deadline does not pass while PostgreSQL works.
  await until(async () => isDone || (await belfry.clock.advanceBy(50), isDone));
  await working;
  expect(isLost).toBe(true);
  expect(await counts()).toEqual({ completed: 1, failed: 0, processing: 0, ready: 0 });
});

test('an execution that is taken back does not count as succeeded or failed', async () => {
  const job = await createDueJob();
  await belfry.changeJob(job.id, { isActive: false });
  await belfry.clock.advanceTo(DUE);
  await tick();
  await work();
  expect(await belfry.executions(job.id)).toMatchObject([{ status: 'CANCELLED' }]);
  expect(await counts()).toEqual({ completed: 0, failed: 0, processing: 0, ready: 0 });
});
