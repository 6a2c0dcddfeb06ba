import { beforeEach, describe, expect, test } from 'vitest';
import { getFailure } from '../../../lib/app/get-failure.ts';
import { makeMarkFailure } from '../../../lib/app/mark-failure.ts';
import { listFailureGroups } from '../../../lib/db/failure-groups.ts';
import { dropOldFailures } from '../../../lib/db/failures.ts';
import { aJob } from '../../support/a-job.ts';
import { FailureGroupNotFoundError } from '../../../lib/domain/errors.ts';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { compose } from '../../support/belfry.ts';
import { belfry, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

const list = (page: Partial<Parameters<typeof listFailureGroups>[1]> = {}) =>
  listFailureGroups(
    belfry.pool,
    { limit: 10, after: undefined, since: undefined, state: undefined, ...page },
    belfry.clock.now(),
  );
const tick = () => belfry.runTick(belfry.inMs(30_000));
const failing = (path: string) =>
  aJob({ schedule: DUE, isRecurring: false, maxRetryCount: 0, api: `${target.url}${path}` });
const BY = { actor: { type: 'API_KEY', id: 1, name: 'ops' } } as const;
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

describe('the redrive of a group of failures', () => {
  const operations = () =>
    makeOperations({
      ...belfry.parts,
      runOperations: composeRunOperations(belfry.parts, compose(belfry.parts)),
      ensureTicks: undefined,
    });
  const redrive = async (asked: { ratePerSecond?: number; includeSucceeded?: boolean } = {}) => {
    const [group] = (await list()).items;
    const options = { ratePerSecond: 1_000, includeSucceeded: false, ...asked };
    return operations().startRedrive({ failureGroupId: group!.id, ...options }, BY);
  };

  async function failTwice(...paths: string[]) {
    const jobs = await belfry.createJobs(paths.map(failing));
    target.answerWith(503);
    await belfry.clock.advanceTo(DUE);
    await work();
    await belfry.clock.advanceBy(1_000);
    for (const job of jobs) await belfry.runJob(job.id, { body: '"again"' });
    await work();
    await tick();
    target.answerWith(200);
    target.requests.length = 0;
    return jobs;
  }

  test('the last failed execution of each job is repeated once, with the body that it had', async () => {
    const jobs = await failTwice('/users/1', '/users/2');
    expect(await redrive()).toMatchObject({
      action: 'redrive',
      state: 'DONE',
      done: 2,
      skipped: 0,
      matched: { count: 2, isCapped: false },
    });
    expect(await work()).toMatchObject({ attempts: 2, succeeded: 2 });
    expect(target.requests.map(({ path, body }) => `${path} ${body}`).toSorted()).toEqual([
      '/users/1 again',
      '/users/2 again',
    ]);
    const executions = await belfry.executions(jobs[0]!.id);
    expect(target.requests.map(({ headers }) => headers['x-belfry-origin-id'])).toContain(
      String(executions.at(-2)!.id),
    );
  });

  test('jobs that have succeeded since are left out, unless the caller asks for them', async () => {
    const [first] = await failTwice('/users/1', '/users/2');
    await belfry.clock.advanceBy(1_000);
    await belfry.runJob(first!.id, { body: undefined });
    await work();
    target.requests.length = 0;
    const [group] = (await list()).items;
    const count = (includeSucceeded: boolean) =>
      operations().dryRunRedrive({ failureGroupId: group!.id, includeSucceeded });
    expect(await count(false)).toEqual({ count: 1, isCapped: false });
    expect(await count(true)).toEqual({ count: 2, isCapped: false });
    expect(await redrive()).toMatchObject({ done: 1, skipped: 1 });
    await work();
    expect(target.requests.map(({ path }) => path)).toEqual(['/users/2']);
    expect(await redrive({ includeSucceeded: true })).toMatchObject({ done: 2, skipped: 0 });
  });

  test('an execution that is no longer stored is not repeated, because what it sent is unknown', async () => {
    const [first] = await failTwice('/users/1', '/users/2');
    await belfry.pool.query('delete from job_executions where job_id = $1', [first!.id]);
    expect(await redrive()).toMatchObject({ done: 1, skipped: 1 });
    await work();
    expect(target.requests.map(({ path }) => path)).toEqual(['/users/2']);
  });

  test('deleted jobs are left out', async () => {
    const [first] = await failTwice('/users/1', '/users/2');
    await belfry.deleteJob(first!.id);
    expect(await redrive()).toMatchObject({ done: 1, skipped: 1 });
  });

  test('the rate spreads the repeated executions over time', async () => {
    await failTwice('/users/1', '/users/2', '/users/3');
    const nowMs = belfry.clock.nowMs();
    await redrive({ ratePerSecond: 1 });
    const { rows } = await belfry.pool.query<{ dueAt: Date }>(
      `select due_at as "dueAt" from job_executions where trigger = 'REDRIVE' order by due_at`,
    );
    expect(rows.map(({ dueAt }) => dueAt.getTime() - nowMs)).toEqual([0, 1_000, 2_000]);
  });

  test('a group that does not exist cannot be repeated', async () => {
    await expect(
      operations().startRedrive({ failureGroupId: 99, ratePerSecond: 1, includeSucceeded: false }, BY),
    ).rejects.toThrow(FailureGroupNotFoundError);
  });

  test('the audit log has what a redrive was asked to do, once', async () => {
    await failTwice('/audited');
    const operation = await redrive();
    expect(operation.tags).toEqual({ add: [], remove: [] });
    const { rows } = await belfry.pool.query(
      `select after from audit_log where action = 'OPERATION_STARTED' and subject_id = $1`,
      [operation.id],
    );
    expect(rows).toEqual([
      {
        after: {
          action: 'redrive',
          redrive: { failureGroupId: operation.redrive?.failureGroupId, includeSucceeded: false },
        },
      },
    ]);
  });
});
