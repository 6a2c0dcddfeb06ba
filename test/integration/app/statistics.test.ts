import { describe, expect, test } from 'vitest';
import { openMetricsText } from '../../../lib/api/open-metrics.ts';
import { makeReadMetrics } from '../../../lib/app/read-metrics.ts';
import { readStats } from '../../../lib/app/read-stats.ts';
import { getJobStats } from '../../../lib/app/read-jobs.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { JobNotFoundError, UnavailableError } from '../../../lib/domain/errors.ts';
import { aJob } from '../../support/a-job.ts';
import { parseOpenMetrics } from '../../support/open-metrics.ts';
import { belfry, createDueJob, DUE, setUpWorker, target } from './worker-fixture.ts';

setUpWorker();

const tick = () => belfry.runTick(belfry.inMs(50_000));
const work = () => belfry.runWorker(belfry.inMs(180_000));
const stats = (group?: string) =>
  readStats(
    belfry.pool,
    { from: undefined, to: undefined, stepSeconds: 3_600, group },
    new Date(belfry.clock.nowMs() + 1),
  );
const readMetrics = (queue: Pick<typeof belfry.queue, 'stats'> = belfry.queue) =>
  makeReadMetrics({ ...belfry, queue })();

describe('the statistics', () => {
  test('the outcomes of a run are in the statistics after the next tick, by group', async () => {
    await createDueJob({ group: 'billing' });
    await createDueJob({ api: 'http://127.0.0.1:9/', group: 'billing', maxRetryCount: 1 });
    await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work();
    expect((await stats()).total.executions.succeeded).toBe(0);
    await tick();
    expect((await stats()).total).toMatchObject({
      executions: { succeeded: 2, failed: 0 },
      retries: 1,
      latenessMs: { count: 3 },
    });
    expect((await stats('billing')).total).toMatchObject({ executions: { succeeded: 1 }, retries: 1 });
    expect(target.requests).toHaveLength(2);
  });

  test('two workers and two ticks at the same time count each outcome once', async () => {
    for (let place = 0; place < 20; place += 1) await createDueJob({ group: `group ${place % 3}` });
    await belfry.clock.advanceTo(DUE);
    await Promise.all([work(), work()]);
    await Promise.all([tick(), tick()]);
    await tick();
    expect((await stats()).total.executions).toEqual({ succeeded: 20, failed: 0, cancelled: 0, skipped: 0 });
  });

  test('executions that a pause cancels are counted', async () => {
    const { id } = await belfry.createJob(aJob({ schedule: '@every 60s', group: 'billing' }));
    await tick();
    await belfry.changeJob(id, { isActive: false });
    await tick();
    const { total } = await stats('billing');
    expect(total.executions.cancelled).toBeGreaterThan(0);
  });
});

describe('the statistics of a job', () => {
  test('the statistics of a job have its outcomes, durations and lateness, and only of the span', async () => {
    const job = await createDueJob({ maxRetryCount: 0 });
    const other = await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await work();
    const until = new Date(belfry.clock.nowMs() + 1);
    const day = { from: new Date(until.getTime() - DAY_MS), until };
    expect(await getJobStats(belfry.pool, job.id, day)).toMatchObject({
      executions: 1,
      isCapped: false,
      oldestAt: new Date(DUE),
      succeeded: 1,
      failed: 0,
      durationMs: { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) },
      latenessMs: { max: expect.any(Number) },
    });
    const before = { from: new Date(until.getTime() - 2 * DAY_MS), until: day.from };
    expect(await getJobStats(belfry.pool, other.id, before)).toMatchObject({
      executions: 0,
      oldestAt: null,
      durationMs: null,
    });
    await expect(getJobStats(belfry.pool, 999_999, day)).rejects.toThrow(JobNotFoundError);
  });
});

describe('the metrics', () => {
  test('the metrics have the outcomes by group, and are valid', async () => {
    await createDueJob({ group: 'billing' });
    await belfry.clock.advanceTo(DUE);
    await work();
    await tick();
    const metrics = await readMetrics();
    expect(metrics.totals).toMatchObject([{ series: 'group:billing', status: 'SUCCESS', executions: 1 }]);
    expect(metrics.countedUntil).toEqual(belfry.clock.now());
    expect(parseOpenMetrics(openMetricsText(metrics, '1')).get('belfry_executions')?.samples).toContainEqual({
      name: 'belfry_executions_total',
      labels: { group: 'billing', status: 'SUCCESS' },
      value: 1,
    });
  });

  test('the lag is that of an occurrence that no tick has dispatched, also when the queue is empty', async () => {
    await belfry.createJob(aJob({ schedule: '0 0 11 4 3 *' }));
    await belfry.clock.advanceTo('2030-03-04T11:00:42.000Z');
    const metrics = await readMetrics();
    expect(metrics).toMatchObject({ oldestDueAgeMs: 0, schedulerLagMs: 42_000 });
    expect(metrics.queue).toMatchObject({ ready: 0, scheduled: 0 });
  });

  test('the lag is that of a dispatched execution that no worker has started', async () => {
    await createDueJob();
    await belfry.clock.advanceTo(DUE);
    await belfry.clock.advanceBy(30_000);
    expect(await readMetrics()).toMatchObject({ oldestDueAgeMs: 30_000, schedulerLagMs: 30_000 });
    await belfry.redis.flushdb();
    expect(await readMetrics()).toMatchObject({
      queue: { ready: 0, scheduled: 0 },
      schedulerLagMs: 30_000,
    });
  });

  test('a job whose only occurrence is in the future has no lag', async () => {
    await belfry.createJob(aJob({ schedule: '2031-01-01T00:00:00Z', isRecurring: false }));
    expect(await readMetrics()).toMatchObject({ oldestDueAgeMs: 0, schedulerLagMs: 0 });
  });

  test('the metrics that need only PostgreSQL remain while Redis does not respond', async () => {
    const stats = () => Promise.reject(new UnavailableError('Redis'));
    expect(await readMetrics({ stats })).toMatchObject({ queue: undefined, schedulerLagMs: 0 });
  });

  test('the metrics fail while PostgreSQL does not respond, so that a scrape counts as failed', async () => {
    const connect = () => Promise.reject(new UnavailableError('PostgreSQL'));
    const read = makeReadMetrics({ ...belfry, pool: { ...belfry.pool, connect } });
    await expect(read()).rejects.toThrow(UnavailableError);
  });
});
