import { describe, expect, test } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { FailureGroupNotFoundError } from '../../../lib/domain/errors.ts';
import { compose } from '../../support/belfry.ts';
import { BY, failing, list, tick } from './failures-fixture.ts';
import { belfry, DUE, setUpWorker, target, work } from './worker-fixture.ts';

setUpWorker();

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

  test('redrives and requests at once repeat each execution once', async () => {
    const [first] = await failTwice('/users/1', '/users/2');
    const last = (await belfry.executions(first!.id)).at(-1)!;
    const [one, other, retried] = await Promise.allSettled([
      redrive(),
      redrive(),
      belfry.retryExecution(last.id, { force: false }),
    ]);
    const done = [one, other].map((each) => (each.status === 'fulfilled' ? each.value.done : 0));
    expect(done[0]! + done[1]! + (retried.status === 'fulfilled' ? 1 : 0)).toBe(2);
    const [group] = (await list()).items;
    expect(await operations().dryRunRedrive({ failureGroupId: group!.id, includeSucceeded: true })).toEqual({
      count: 0,
      isCapped: false,
    });
    await work();
    expect(target.requests.map(({ path }) => path).toSorted()).toEqual(['/users/1', '/users/2']);
  });

  test('an execution that is no longer stored is not repeated, because its request is unknown', async () => {
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

  test('the audit log has one entry for a redrive, with its request', async () => {
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
