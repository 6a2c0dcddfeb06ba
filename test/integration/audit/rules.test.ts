import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditRule } from '../../../lib/audit/rule.ts';
import { auditRules, runAudit } from '../../../lib/audit/run-audit.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import { damages } from './damages/damages.ts';
import { askDamaged, settingsAt } from './fixture.ts';
import { createLivedIn, type LivedIn } from './lived-in.ts';

let livedIn: LivedIn;
beforeAll(async () => {
  livedIn = await createLivedIn();
});
afterAll(() => livedIn.close());

const ruleOf = (name: string): AuditRule => auditRules.find((rule) => rule.name === name)!;

const ask = (rule: string, damage: (tx: Queryable) => Promise<unknown>, changes = {}) => {
  const { pool, clock } = livedIn.belfry;
  return askDamaged(pool, ruleOf(rule), settingsAt(clock.now(), changes), damage);
};

describe('the audit of a database that all of Belfry has worked on', () => {
  test('the database contains every kind of execution', async () => {
    const { rows } = await livedIn.belfry.pool.query(
      'select distinct status, retry_count > 0 as "isRetried" from job_executions',
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { status: 'SUCCESS', isRetried: false },
        { status: 'SUCCESS', isRetried: true },
        { status: 'FAILED', isRetried: false },
        { status: 'FAILED', isRetried: true },
        { status: 'SCHEDULED', isRetried: false },
        { status: 'CANCELLED', isRetried: false },
        { status: 'CANCELLED', isRetried: true },
        { status: 'SKIPPED', isRetried: false },
      ]),
    );
  });

  test('the audit finds no violation', async () => {
    const { belfry } = livedIn;
    const results = await runAudit({ ...belfry, rules: auditRules }, settingsAt(belfry.clock.now()));
    expect(results.map(({ name }) => name)).toEqual(auditRules.map(({ name }) => name));
    expect(
      results.flatMap(({ name, findings }) => findings.map((finding) => ({ name, ...finding }))),
    ).toEqual([]);
    expect(results.every(({ isComplete }) => isComplete)).toBe(true);
    const readBy = new Map(results.map(({ name, rowsRead }) => [name, rowsRead]));
    expect(readBy.get('occurrences-dispatched')).toBeGreaterThan(1_000);
    expect(readBy.get('failures-explained')).toBeGreaterThan(1_000);
  });

  test.for([
    { since: '2030-03-04T09:00:00Z', until: '2030-03-04T09:10:00Z' },
    // The outage: its beginning, its end, or neither is in the window.
    { since: '2030-03-04T09:05:00Z', until: '2030-03-04T09:20:00Z' },
    { since: '2030-03-04T09:15:30Z', until: '2030-03-04T09:25:00Z' },
    { since: '2030-03-04T09:15:30Z', until: '2030-03-04T09:16:00Z' },
    { since: '2030-03-01T00:00:00Z', until: '2030-03-02T00:00:00Z' },
  ])('the audit finds no violation from $since to $until', async ({ since, until }) => {
    const { belfry } = livedIn;
    const window = { since: new Date(since), until: new Date(until) };
    const results = await runAudit({ ...belfry, rules: auditRules }, settingsAt(belfry.clock.now(), window));
    expect(results.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

describe('a violation that was made by hand', () => {
  test.for(damages)('the audit reports a violation of $rule: $what', async ({ rule, make, says }) => {
    const { findings } = await ask(rule, (tx) => make(tx, livedIn));
    expect(findings.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(says));
    // Only damaged rows are reported: the partitions of a table are damaged together.
    expect(findings.every(({ detail }) => says.test(detail))).toBe(true);
  });

  test('the audit reports the id of the execution and of its job', async () => {
    const { id } = livedIn.job('minutely');
    const { findings } = await ask('not-before-its-time', (tx) =>
      tx.query(`update job_executions set started_at = null where job_id = $1 and execution_time < $2`, [
        id,
        '2030-03-04T09:02:00Z',
      ]),
    );
    expect(findings).toEqual([
      {
        jobId: id,
        executionId: expect.any(Number),
        executionTime: new Date('2030-03-04T09:01:00Z'),
        detail: expect.any(String),
      },
    ]);
  });
});

describe('cases that the audit does not judge', () => {
  test('the audit does not judge the retries of an execution that was dispatched before its job was changed', async () => {
    const damage = (tx: Queryable) =>
      tx.query('update job_executions set retry_count = 9 where job_id = $1 and execution_time < $2', [
        livedIn.job('lessRetries').id,
        '2030-03-04T09:05:00Z',
      ]);
    expect(await ask('retries-within-limit', damage)).toMatchObject({
      findings: [],
      undecided: expect.toSatisfy((n: number) => n > 0),
    });
  });

  test('the audit does not expect counts of executions that a version without statistics ended', async () => {
    const damage = (tx: Queryable) =>
      tx.query(
        `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
         values ($1, 1, 'SUCCESS', '2030-03-04T08:00:00Z', '2030-03-04T08:00:00Z', $2, $2)`,
        [livedIn.job('minutely').id, livedIn.belfry.clock.now()],
      );
    expect(await ask('outcomes-counted', damage)).toMatchObject({ findings: [], isComplete: true });
  });

  test('the audit accepts that an execution was cancelled, dispatched again and then succeeded', async () => {
    const damage = (tx: Queryable) =>
      tx.query(
        `insert into outcome_batches values ('2030-03-04T09:20:00Z', null, 'CANCELLED', 1, '{}', '{}')`,
      );
    expect(await ask('outcomes-counted', damage)).toMatchObject({ findings: [] });
  });

  test('the audit does not judge the executions of a job that does not recur and was changed', async () => {
    const damage = async (tx: Queryable) => {
      await tx.query('update jobs set revision = 2 where id = $1', [livedIn.job('onceByCron').id]);
      await tx.query('delete from job_executions where job_id = $1', [livedIn.job('onceByCron').id]);
    };
    expect(await ask('occurrences-dispatched', damage)).toMatchObject({ findings: [], undecided: 1 });
  });

  test('the audit does not report schedules that are due while Belfry hibernates, until the hibernation has ended', async () => {
    const asleepUntil = (sleepsUntil: string) => async (tx: Queryable) => {
      await tx.query(`update hibernation set state = 'asleep', sleeps_until = $1`, [sleepsUntil]);
      await tx.query('update job_schedules set next_execution_time = $2 where job_id = $1', [
        livedIn.job('minutely').id,
        '2030-03-04T09:10:00Z',
      ]);
    };
    expect(await ask('due-schedules-served', asleepUntil('2030-03-04T10:00:00Z'))).toMatchObject({
      findings: [],
    });
    const { findings } = await ask('due-schedules-served', asleepUntil('2030-03-04T09:09:00Z'));
    expect(findings).toHaveLength(1);
  });

  test('the audit does not report an execution that was due when its job was paused', async () => {
    const damage = (tx: Queryable) =>
      tx.query(
        `update job_executions set status = 'SCHEDULED', is_withdrawn = true
          where job_id = $1 and execution_time = '2030-03-04T09:03:00Z'`,
        [livedIn.job('paused').id],
      );
    expect(await ask('stopped-jobs-have-nothing-open', damage)).toMatchObject({ findings: [] });
  });

  test('the audit does not report an attempt that was running when its job was paused', async () => {
    const damage = (tx: Queryable) =>
      tx.query(
        `update job_executions
            set status = 'RUNNING', claim_token = gen_random_uuid(), lease_expires_at = $2, is_withdrawn = true
          where job_id = $1 and execution_time = '2030-03-04T09:03:00Z'`,
        [livedIn.job('paused').id, livedIn.belfry.clock.now()],
      );
    expect(await ask('stopped-jobs-have-nothing-open', damage)).toMatchObject({ findings: [] });
  });
});

describe('the limits of the audit', () => {
  const explainNothing = (tx: Queryable) =>
    tx.query(`update job_executions set error_message = null where status = 'FAILED'`);

  test('the audit limits the number of findings of a rule', async () => {
    const { findings, isComplete } = await ask('failures-explained', explainNothing, { maxFindings: 3 });
    expect(findings).toHaveLength(3);
    expect(isComplete).toBe(false);
  });

  test('the audit limits the number of rows that a rule reads', async () => {
    const { findings, isComplete } = await ask('failures-explained', async () => {}, { maxRows: 500 });
    expect(findings).toEqual([]);
    expect(isComplete).toBe(false);
  });

  test('the transactions of the audit are read-only', async () => {
    const { belfry } = livedIn;
    const writes: AuditRule = {
      name: 'writes',
      promise: '',
      check: async (tx) => {
        await tx.query('delete from jobs');
      },
    };
    await expect(
      runAudit({ ...belfry, rules: [writes] }, settingsAt(belfry.clock.now())),
    ).rejects.toMatchObject({ cause: { code: '25006' } });
  });
});
