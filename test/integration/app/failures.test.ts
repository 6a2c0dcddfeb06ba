import { beforeEach, describe, expect, test } from 'vitest';
import { getFailure } from '../../../lib/app/get-failure.ts';
import { makeMarkFailure } from '../../../lib/app/mark-failure.ts';
import { dropOldFailures } from '../../../lib/db/failures.ts';
import { FailureGroupNotFoundError } from '../../../lib/domain/errors.ts';
import { BY, failing, host, list, tick } from './failures-fixture.ts';
import { belfry, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

describe('failures by cause', () => {
  beforeEach(() => target.answerWith(503));

  async function fail(...paths: string[]) {
    const jobs = await belfry.createJobs(paths.map(failing));
    await belfry.clock.advanceTo(DUE);
    await work();
    return jobs;
  }

  test('executions that fail in the same way are one group, regardless of the ids in their URLs', async () => {
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

  test('a job leaves a group that lives on when its last failure is older than the retention', async () => {
    await fail('/users/1', '/users/2');
    await tick();
    await belfry.clock.advanceBy(60_000);
    await belfry.createJob({ ...failing('/users/3'), schedule: belfry.clock.now().toISOString() });
    await work();
    await tick();
    expect((await list()).items).toMatchObject([{ jobs: 3, executions: 3 }]);
    const later = new Date(Date.parse(DUE) + 1_000);
    expect(await dropOldFailures(belfry.pool, later, 1)).toBe(1);
    expect(await dropOldFailures(belfry.pool, later, 10)).toBe(1);
    expect(await dropOldFailures(belfry.pool, later, 10)).toBe(0);
    const { items } = await list();
    expect(items).toMatchObject([{ jobs: 1, executions: 3 }]);
    expect((await getFailure(belfry.pool, items[0]!.id, belfry.clock.now())).failedJobs).toHaveLength(1);
  });
});

describe('the state of a group of failures', () => {
  const mark = (...[id, to]: [number, Parameters<ReturnType<typeof makeMarkFailure>>[1]]) =>
    makeMarkFailure(belfry.parts)(id, to, { by: { ...BY, reason: 'known' } });

  /** Makes a group of one job, which can fail again. */
  async function failOnce() {
    target.answerWith(503);
    const [job] = await belfry.createJobs([failing('/a')]);
    await belfry.clock.advanceTo(DUE);
    await work();
    await tick();
    const failAgain = async () => {
      await belfry.clock.advanceBy(1_000);
      await belfry.runJob(job!.id, { body: undefined });
      await work();
      await tick();
    };
    return { id: (await list()).items[0]!.id, failAgain };
  }

  test('a group that is resolved is open again after its next failure', async () => {
    const { id, failAgain } = await failOnce();
    expect(await mark(id, { state: 'RESOLVED' })).toMatchObject({ state: 'RESOLVED' });
    expect((await list({ state: 'OPEN' })).items).toEqual([]);
    expect((await list({ state: 'RESOLVED' })).items).toMatchObject([{ id }]);
    await failAgain();
    expect((await list({ state: 'OPEN' })).items).toMatchObject([{ id, executions: 2 }]);
  });

  test('a group that is ignored counts its failures, and is open again at its instant', async () => {
    const { id, failAgain } = await failOnce();
    const until = new Date(belfry.clock.nowMs() + 60_000);
    expect(await mark(id, { state: 'IGNORED', until })).toMatchObject({
      state: 'IGNORED',
      ignoredUntil: until,
    });
    await failAgain();
    expect((await list()).items).toMatchObject([{ state: 'IGNORED', executions: 2 }]);
    await belfry.clock.advanceTo(until);
    expect((await list()).items).toMatchObject([{ state: 'OPEN', ignoredUntil: null }]);
  });

  test('each mark is in the audit log with its reason, and a group can be opened by hand', async () => {
    const { id } = await failOnce();
    await mark(id, { state: 'IGNORED', until: new Date(belfry.clock.nowMs() + 60_000) });
    await mark(id, { state: 'RESOLVED' });
    expect(await mark(id, { state: 'OPEN' })).toMatchObject({ state: 'OPEN', resolvedAt: null });
    const { rows } = await belfry.pool.query(
      `select action, subject_id as id, reason, actor ->> 'name' as name from audit_log where subject = 'failureGroup' order by id`,
    );
    expect(rows).toEqual(
      ['FAILURES_IGNORED', 'FAILURES_RESOLVED', 'FAILURES_REOPENED'].map((action) => ({
        action,
        id,
        reason: 'known',
        name: 'ops',
      })),
    );
  });

  test('a group cannot be ignored until an instant in the past or after a year, and stays as it was', async () => {
    const { id } = await failOnce();
    for (const days of [-1, 0, 367]) {
      const until = new Date(belfry.clock.nowMs() + days * 86_400_000);
      await expect(mark(id, { state: 'IGNORED', until })).rejects.toThrow('must be in the future');
    }
    expect((await list()).items).toMatchObject([{ state: 'OPEN' }]);
    await expect(mark(99, { state: 'RESOLVED' })).rejects.toThrow(FailureGroupNotFoundError);
  });

  test('a group counts its failures by day in UTC, names its jobs, and shows 14 days', async () => {
    const { id, failAgain } = await failOnce();
    await failAgain();
    const { items } = await list();
    expect(items).toMatchObject([{ days: [{ date: DUE.slice(0, 10), executions: 2 }] }]);
    const now = belfry.clock.now();
    expect(await getFailure(belfry.pool, id, now)).toMatchObject({ failedJobs: [{ executions: 2 }] });
    const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
    expect((await getFailure(belfry.pool, id, inDays(13))).days).toHaveLength(1);
    expect((await getFailure(belfry.pool, id, inDays(14))).days).toEqual([]);
    await dropOldFailures(belfry.pool, inDays(1), 10);
    const { rows } = await belfry.pool.query('select from failure_days');
    expect(rows).toEqual([]);
  });
});
