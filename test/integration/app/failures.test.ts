import { beforeEach, describe, expect, test } from 'vitest';
import { dropOldFailures, listFailureGroups } from '../../../lib/db/failures.ts';
import { aJob } from '../../support/a-job.ts';
import { belfry, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const list = (page: Partial<Parameters<typeof listFailureGroups>[1]> = {}) =>
  listFailureGroups(belfry.pool, { limit: 10, after: undefined, since: undefined, ...page });
const tick = () => belfry.runTick(belfry.inMs(30_000));
const failing = (path: string) =>
  aJob({ schedule: DUE, isRecurring: false, maxRetryCount: 0, api: `${target.url}${path}` });
const host = () => new URL(target.url).host;

describe('failures by cause', () => {
  beforeEach(() => target.answerWith(503));

  async function fail(...paths: string[]) {
    const jobs = await belfry.createJobs(paths.map(failing));
    await belfry.clock.advanceTo(DUE);
    await work();
    return jobs;
  }

  test('executions that fail in the same way are one group, whatever the ids in their URLs', async () => {
    const jobs = await fail('/users/17/export?token=secret', '/users/4711/export', '/orders/5');
    await tick();
    const { items } = await list();
    expect(items.map(({ path, executions, jobs }) => ({ path, executions, jobs }))).toEqual(
      expect.arrayContaining([
        { path: '/users/{n}/export', executions: 2, jobs: 2 },
        { path: '/orders/{n}', executions: 1, jobs: 1 },
      ]),
    );
    expect(items.find(({ path }) => path === '/orders/{n}')).toMatchObject({
      host: host(),
      reason: 'STATUS_NOT_SUCCESS',
      statusCode: 503,
      message: 'the target answered {n}',
      firstFailedAt: new Date(DUE),
      lastFailedAt: new Date(DUE),
      sampleJobId: jobs[2]!.id,
    });
  });

  test('a group counts each failure once, also when ticks come again', async () => {
    const [job] = await fail('/a');
    await tick();
    await tick();
    expect((await list()).items).toMatchObject([{ executions: 1, jobs: 1 }]);
    await belfry.runJob(job!.id, { body: undefined });
    await belfry.clock.advanceBy(1_000);
    await work();
    await Promise.all([tick(), tick()]);
    expect((await list()).items).toMatchObject([
      { executions: 2, jobs: 1, firstFailedAt: new Date(DUE), lastFailedAt: belfry.clock.now() },
    ]);
  });

  test('an execution that a tick ends for its vanished worker is in a group', async () => {
    await belfry.createJob({ ...failing('/a'), type: 'AT_MOST_ONCE' });
    await belfry.pool.query(
      `update job_executions set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $1`,
      [belfry.clock.now()],
    );
    await tick();
    expect((await list()).items).toMatchObject([{ reason: 'WORKER_VANISHED', statusCode: null }]);
  });

  test('successes, retries and cancellations are in no group', async () => {
    const [job] = await belfry.createJobs([{ ...failing('/a'), maxRetryCount: 1 }]);
    await belfry.clock.advanceTo(DUE);
    await work();
    await tick();
    expect((await list()).items).toEqual([]);
    const [execution] = await belfry.executions(job!.id);
    await belfry.cancelExecution(execution!.id);
    await tick();
    expect((await list()).items).toEqual([]);
  });

  test('the list has pages, the latest failure first, and can begin at an instant', async () => {
    await fail('/a', '/b');
    await belfry.createJob({ ...failing('/c'), schedule: '2030-03-04T10:00:30Z' });
    await belfry.clock.advanceTo('2030-03-04T10:00:30Z');
    await work();
    await tick();
    const first = await list({ limit: 2 });
    expect(first.hasMore).toBe(true);
    const after = first.items.at(-1);
    const second = await list({ limit: 2, after });
    expect(second).toMatchObject({ hasMore: false, items: [{}] });
    const paths = [...first.items, ...second.items].map(({ path }) => path);
    expect(paths[0]).toBe('/c');
    expect(paths.toSorted()).toEqual(['/a', '/b', '/c']);
    const { items } = await list({ since: new Date('2030-03-04T10:00:06Z') });
    expect(items.map(({ path }) => path)).toEqual(['/c']);
  });

  test('groups are removed in bounded steps when their last failure is older than the retention', async () => {
    await fail('/users/1', '/users/2', '/users/3');
    await tick();
    const later = new Date(Date.parse(DUE) + 1);
    expect(await dropOldFailures(belfry.pool, new Date(DUE), 2)).toBe(0);
    expect(await dropOldFailures(belfry.pool, later, 2)).toBe(2);
    expect((await list()).items).toHaveLength(1);
    expect(await dropOldFailures(belfry.pool, later, 2)).toBe(2);
    expect((await list()).items).toEqual([]);
  });
});
