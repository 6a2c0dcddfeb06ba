import type { QueryConfig } from 'pg';
import { describe, expect, test } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import { findOperation } from '../../../lib/db/operations.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import { OperationNotRunningError } from '../../../lib/domain/errors.ts';
import { compose } from '../../support/belfry.ts';
import {
  activeOf,
  asked,
  belfry,
  BY,
  createTagged,
  setUpOperations,
  start,
  use,
} from './operations-fixture.ts';

setUpOperations();

type Statement = Parameters<Queryable['query']>[0];

/** Passes the statements of transactions through a function. */
const intercepted = (intercept: (statement: Statement) => Statement | Promise<Statement>): Pool => ({
  ...belfry.pool,
  connect: async () => {
    const connection = await belfry.pool.connect();
    const query = (async (statement, values) =>
      connection.query(await intercept(statement), values)) as Queryable['query'];
    return { ...connection, query };
  },
});
const isNamed = (statement: Statement, name: string): statement is QueryConfig =>
  typeof statement === 'object' && statement.name === name;

describe('bulk operations', () => {
  test('a pause changes every job that matches and no other, with the caller in the audit log', async () => {
    const jobs = await createTagged('pause', 60);
    const [other] = await createTagged('other', 1);
    const operation = await start({ action: 'pause', filter: { tag: 'pause' } });
    expect(operation).toMatchObject({
      state: 'DONE',
      done: 60,
      skipped: 0,
      failed: 0,
      matched: { count: 60 },
    });
    expect(await activeOf(jobs.map(({ id }) => id))).toEqual(jobs.map(() => false));
    expect(await activeOf([other!.id])).toEqual([true]);
    const { rows } = await belfry.pool.query(
      `select count(*)::int as count from audit_log where action = 'JOB_PAUSED' and actor ->> 'name' = 'ops' and reason = $1`,
      [BY.reason],
    );
    expect(rows).toEqual([{ count: 60 }]);
  });

  test('jobs that are already in the requested state count as skipped', async () => {
    const [first] = await createTagged('skip', 3);
    await belfry.changeJob(first!.id, { isActive: false });
    expect(await start({ action: 'pause', filter: { tag: 'skip' } })).toMatchObject({ done: 2, skipped: 1 });
  });

  test('a resume names the jobs that cannot be resumed', async () => {
    const jobs = await createTagged('resume', 2, { isActive: false });
    await belfry.pool.query(`update jobs set schedule = '0 0 30 2 *' where id = $1`, [jobs[0]!.id]);
    const operation = await start({ action: 'resume', filter: { tag: 'resume' } });
    expect(operation).toMatchObject({ state: 'DONE', done: 1, failed: 1 });
    expect(operation.failures).toMatchObject([{ jobId: jobs[0]!.id, code: 'INVALID_SCHEDULE' }]);
  });

  test('a deletion deletes the jobs', async () => {
    const jobs = await createTagged('delete', 2);
    expect(await start({ action: 'delete', filter: { tag: 'delete' } })).toMatchObject({ done: 2 });
    expect(await activeOf(jobs.map(({ id }) => id))).toEqual([undefined, undefined]);
  });

  test('tags are added and removed, up to the limit of a job', async () => {
    const [plain] = await createTagged('tag', 1);
    const full = Array.from({ length: 19 }, (_, place) => `t${place}`);
    const [crowded] = await createTagged('tag', 1, { tags: ['tag', ...full] });
    const operation = await start({
      action: 'tag',
      filter: { tag: 'tag' },
      tags: { add: ['new', 'tag'], remove: ['gone'] },
    });
    expect(operation).toMatchObject({ state: 'DONE', done: 1, skipped: 1 });
    expect((await findJob(belfry.pool, plain!.id, belfry.clock.now()))?.tags).toEqual(['tag', 'new']);
    expect((await findJob(belfry.pool, crowded!.id, belfry.clock.now()))?.tags).toHaveLength(20);
    const { rows } = await belfry.pool.query(
      `select actor ->> 'name' as name, reason from audit_log where subject = 'job' and subject_id = $1 and action = 'JOB_CHANGED'`,
      [plain!.id],
    );
    expect(rows).toEqual([{ name: 'ops', reason: BY.reason }]);
  });

  test('jobs are moved to a group and out of it, each with its entry in the audit log', async () => {
    const jobs = await createTagged('move', 3);
    const groupsOf = async () =>
      Promise.all(
        jobs.map(async ({ id }) => (await findJob(belfry.pool, id, belfry.clock.now()))?.group ?? null),
      );
    await belfry.changeJob(jobs[0]!.id, { group: 'billing' });
    const moved = await start({ action: 'group', filter: { tag: 'move' }, group: 'billing' });
    expect(moved).toMatchObject({ state: 'DONE', done: 2, skipped: 1, group: 'billing' });
    expect(await groupsOf()).toEqual(['billing', 'billing', 'billing']);
    expect(await start({ action: 'group', filter: { group: 'billing' } })).toMatchObject({
      done: 3,
      group: null,
    });
    expect(await groupsOf()).toEqual([null, null, null]);
    const { rows } = await belfry.pool.query(
      `select before -> 'job_group' as before, after -> 'job_group' as after, reason
         from audit_log where subject = 'job' and subject_id = $1 order by id desc limit 2`,
      [jobs[1]!.id],
    );
    expect(rows).toEqual([
      { before: 'billing', after: null, reason: BY.reason },
      { before: null, after: 'billing', reason: BY.reason },
    ]);
  });

  test('the token of a dry run belongs to its group', async () => {
    const { dryRun, start: begin } = use();
    const operation = asked({ action: 'group', filter: { tag: 'a' }, group: 'one' });
    const { token } = await dryRun(operation);
    await expect(begin({ ...operation, group: 'two', token }, BY)).rejects.toThrow('another action');
  });

  test('runs are spread over the time that the rate gives them', async () => {
    const jobs = await createTagged('run', 30);
    const operation = await start({ action: 'run', filter: { tag: 'run' }, ratePerSecond: 10 });
    expect(operation).toMatchObject({ state: 'DONE', done: 30 });
    const due = await Promise.all(
      jobs.map(
        async ({ id }) => (await belfry.executions(id)).at(-1)!.dueAt.getTime() - belfry.clock.nowMs(),
      ),
    );
    expect(Object.groupBy(due, String)).toMatchObject({
      0: { length: 10 },
      1000: { length: 10 },
      2000: { length: 10 },
    });
  });

  test('a rate bounds the jobs of a minute, and ticks continue with the rest', async () => {
    await createTagged('slow', 130);
    const { runOperations, get } = use();
    const operation = await start({ action: 'pause', filter: { tag: 'slow' }, ratePerSecond: 1 });
    const counts = [(await get(operation.id)).done];
    for (let minute = 1; minute <= 3; minute += 1) {
      await belfry.clock.advanceBy(60_000);
      await runOperations({ untilMs: belfry.clock.nowMs() + 1_000 });
      counts.push((await get(operation.id)).done);
    }
    expect(counts).toEqual([60, 120, 130, 130]);
    expect((await get(operation.id)).state).toBe('DONE');
  });

  test('an abort ends an operation, and a second one is refused', async () => {
    await createTagged('abort', 120);
    const { abort, runOperations } = use();
    const { id, done } = await start({ action: 'pause', filter: { tag: 'abort' }, ratePerSecond: 1 });
    expect(await abort(id, BY)).toMatchObject({ state: 'ABORTED', done });
    await expect(abort(id, BY)).rejects.toThrow(OperationNotRunningError);
    await belfry.clock.advanceBy(120_000);
    await runOperations({ untilMs: belfry.clock.nowMs() + 1_000 });
    expect(await findOperation(belfry.pool, id)).toMatchObject({ state: 'ABORTED', done });
  });

  test('a token is accepted only for the operation of its dry run', async () => {
    const { dryRun, start: begin } = use();
    const { token } = await dryRun(asked({ filter: { tag: 'a' } }));
    await expect(begin({ ...asked({ filter: { tag: 'b' } }), token }, BY)).rejects.toThrow(
      'another action, filter',
    );
    await expect(begin({ ...asked({ filter: { tag: 'a' } }), token: 'x' }, BY)).rejects.toThrow(
      'not the token',
    );
    await belfry.clock.advanceBy(3_700_000);
    await expect(begin({ ...asked({ filter: { tag: 'a' } }), token }, BY)).rejects.toThrow(
      'more than an hour old',
    );
  });

  test('an operation without a token acts on the jobs that exist when it starts', async () => {
    const [job] = await createTagged('at once', 1);
    const { start: begin } = use();
    expect(await begin(asked({ filter: { tag: 'at once' } }), BY)).toMatchObject({ done: 1 });
    expect(await activeOf([job!.id])).toEqual([false]);
  });

  test('jobs that are created after the dry run are not touched', async () => {
    await createTagged('late', 1);
    const { dryRun, start: begin } = use();
    const operation = asked({ filter: { tag: 'late' } });
    const { token } = await dryRun(operation);
    const [late] = await createTagged('late', 1);
    expect(await begin({ ...operation, token }, BY)).toMatchObject({ done: 1 });
    expect(await activeOf([late!.id])).toEqual([true]);
  });

  test('an operation that takes the whole time of a tick does not prevent the other upkeep', async () => {
    await createTagged('long', 210);
    const { dryRun } = use();
    const operation = asked({ filter: { tag: 'long' } });
    const { token } = await dryRun(operation);
    const idle = makeOperations({ ...belfry.parts, runOperations: async () => {}, ensureTicks: undefined });
    const { id } = await idle.start({ ...operation, token }, BY);
    await belfry.pool.query(
      `insert into audit_log (at, action, subject, subject_id) values ('2020-01-01', 'JOB_PAUSED', 'job', 1)`,
    );
    const { pool, clock } = belfry;
    /** Each batch takes so long that the time of the tick is over. */
    const slow = intercepted(async (statement) => {
      if (isNamed(statement, 'save_operation_progress')) await clock.advanceBy(40_000);
      return statement;
    });
    await compose({ ...belfry.parts, pool: slow }).runTick(belfry.inMs(50_000));
    expect(await findOperation(pool, id)).toMatchObject({ state: 'RUNNING', done: 200 });
    const { rows } = await pool.query(`select from audit_log where at = '2020-01-01'`);
    expect(rows).toEqual([]);
  });

  test('an operation on a job that another transaction holds lets its tick end, and continues in the next one', async () => {
    const [job] = await createTagged('held', 3);
    const { dryRun } = use();
    const operation = asked({ filter: { tag: 'held' } });
    const { token } = await dryRun(operation);
    const idle = makeOperations({ ...belfry.parts, runOperations: async () => {}, ensureTicks: undefined });
    const { id } = await idle.start({ ...operation, token }, BY);
    const { pool } = belfry;
    /** A batch waits for locks for 20 ms only. */
    const impatient = intercepted((statement) =>
      isNamed(statement, 'wait_for_locks') ? { ...statement, values: ['20ms'] } : statement,
    );
    const other = await pool.connect();
    await other.query('begin');
    await other.query('select from jobs where id = $1 for update', [job!.id]);
    const { runTick } = compose({ ...belfry.parts, pool: impatient });
    expect(await runTick(belfry.inMs(50_000))).toMatchObject({ failedParts: [], isComplete: true });
    expect(await findOperation(pool, id)).toMatchObject({ state: 'RUNNING', done: 0 });
    await other.query('rollback');
    other.release(false);
    await runTick(belfry.inMs(50_000));
    expect(await findOperation(pool, id)).toMatchObject({ state: 'DONE', done: 3 });
  });

  test('a batch that was not saved runs no job twice', async () => {
    const jobs = await createTagged('once', 3);
    const failing = intercepted((statement) => {
      if (isNamed(statement, 'save_operation_progress')) throw new Error('the process dies');
      return statement;
    });
    const parts = { ...belfry.parts, pool: failing };
    const runOperations = composeRunOperations(parts, compose(parts));
    const operation = asked({ action: 'run', filter: { tag: 'once' } });
    const dying = makeOperations({ ...parts, runOperations, ensureTicks: undefined });
    const { token } = await dying.dryRun(operation);
    await expect(dying.start({ ...operation, token }, BY)).rejects.toThrow('the process dies');
    await use().runOperations({ untilMs: belfry.clock.nowMs() + 1_000 });
    for (const { id } of jobs) expect(await belfry.executions(id)).toHaveLength(1);
  });
});
