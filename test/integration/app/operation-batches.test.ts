import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import type { NewOperation } from '../../../lib/domain/operation.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, compose, createBelfry } from '../../support/belfry.ts';

const BY: By = { actor: { type: 'API_KEY', id: 3, name: 'ops' } };

let belfry: Belfry;
beforeAll(async () => {
  belfry = await createBelfry('2030-03-02T12:00:00Z');
});
afterAll(() => belfry.close());

/** Runs an operation to its end, as the API does. */
async function operate(action: NewOperation['action'], tag: string, pool: Pool = belfry.pool) {
  const parts = { ...belfry.parts, pool };
  const runOperations = composeRunOperations(parts, compose(parts));
  const { dryRun, start } = makeOperations({ ...parts, runOperations, ensureTicks: undefined });
  const tags = { add: action === 'tag' ? ['new'] : [], remove: [] };
  const group = action === 'group' ? 'moved' : null;
  const spread = action === 'spread' ? { withinSeconds: 300 } : null;
  const asked = { action, filter: { tag }, tags, group, spread, ratePerSecond: 1_000 };
  return start({ ...asked, token: (await dryRun(asked)).token }, BY);
}

/** Makes the statements of transactions pass through `intercept`. */
function intercepted(intercept: (name: string) => void): Pool {
  const { pool } = belfry;
  return {
    ...pool,
    connect: async () => {
      const connection = await pool.connect();
      const query = (async (statement, values) => {
        intercept(typeof statement === 'string' ? statement : (statement.name ?? statement.text));
        return connection.query(statement, values);
      }) as Queryable['query'];
      return { ...connection, query };
    },
  };
}

const OPEN_EXECUTION = /* sql */ `
  insert into job_executions (job_id, job_revision, status, execution_time, due_at, trigger, claim_token, lease_expires_at,
                              error_message, created_at, updated_at)
  select $1, 1, $2, $3, $3, $4, case when $2 = 'RUNNING' then gen_random_uuid() end, case when $2 = 'RUNNING' then $3::timestamptz end,
         case when $2 = 'RETRYING' then 'HTTP 500' end, $3, $3
      on conflict (job_id, execution_time) do update
     set status = excluded.status, claim_token = excluded.claim_token, lease_expires_at = excluded.lease_expires_at`;

const states = [
  { schedule: '@hourly', open: [] },
  // Due, and no tick has dispatched it.
  { schedule: '* * * * * *', open: [], nextInMs: -3_000 },
  {
    schedule: '@daily',
    open: [
      ['SCHEDULED', 60_000, 'SCHEDULE'],
      ['SCHEDULED', -1_000, 'SCHEDULE'],
      ['RUNNING', -2_000, 'SCHEDULE'],
      ['RETRYING', -3_000, 'SCHEDULE'],
      ['SCHEDULED', -500, 'MANUAL'],
      ['RETRYING', -700, 'MANUAL'],
    ],
  },
  { schedule: '2030-03-02T12:00:30Z', isRecurring: false, open: [] },
  { schedule: '2030-03-02T15:00:00Z', isRecurring: false, open: [] },
  // Its only execution has begun.
  {
    schedule: '2030-03-02T12:00:00Z',
    isRecurring: false,
    nextInMs: null,
    open: [['RUNNING', 0, 'SCHEDULE']],
  },
  { schedule: '@hourly', type: 'AT_MOST_ONCE', maxRetryCount: 0, open: [['RUNNING', -1_000, 'SCHEDULE']] },
] as const;

const fieldsOf = ({ schedule, ...state }: (typeof states)[number]) => ({
  schedule,
  ...('isRecurring' in state && { isRecurring: state.isRecurring }),
  ...('type' in state && { type: state.type, maxRetryCount: state.maxRetryCount }),
});

async function createInEachState(tag: string): Promise<number[]> {
  const { pool, clock } = belfry;
  const jobs = await belfry.createJobs(
    states.map((fields) => aJob({ ...fieldsOf(fields), tags: [tag], pauseAfterFailures: 3 })),
  );
  for (const [index, { id }] of jobs.entries()) {
    const { open, nextInMs } = { nextInMs: undefined, ...states[index]! };
    const at = (inMs: number) => new Date(clock.nowMs() + inMs);
    for (const [status, inMs, trigger] of open)
      await pool.query(OPEN_EXECUTION, [id, status, at(inMs), trigger]);
    if (nextInMs === null) await pool.query('delete from job_schedules where job_id = $1', [id]);
    else if (nextInMs !== undefined)
      await pool.query('update job_schedules set next_execution_time = $2 where job_id = $1', [
        id,
        at(nextInMs),
      ]);
    await pool.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time) values ($1, 2, $2, $2)`,
      [id, clock.now()],
    );
  }
  return jobs.map(({ id }) => id);
}

const STATE = /* sql */ `
  select (select to_jsonb(j) - array['id', 'tags', 'headers'] from jobs j where id = $1) as job,
         (select next_execution_time from job_schedules where job_id = $1) as next,
         (select to_jsonb(f) - 'job_id' from failing_jobs f where job_id = $1) as failing,
         (select json_agg(to_jsonb(e) - array['id', 'job_id', 'claim_token'] order by execution_time, trigger)
            from job_executions e where job_id = $1) as executions,
         (select json_agg(to_jsonb(a) - array['id', 'subject_id'] || jsonb_build_object('before', a.before - 'tags') order by id)
            from audit_log a where subject = 'job' and subject_id = $1 and action <> 'JOB_CREATED') as log`;

const stateOf = async (id: number) => (await belfry.pool.query(STATE, [id])).rows[0];

describe('a batch of a bulk operation', () => {
  test('a bulk operation leaves jobs and executions as requests for single jobs do', async () => {
    const single = await createInEachState('single');
    const bulk = await createInEachState('bulk');
    const compare = async (): Promise<void> => {
      for (const [index, id] of bulk.entries())
        expect(await stateOf(id)).toEqual(await stateOf(single[index]!));
    };
    await compare();
    for (const id of single) await belfry.changeJob(id, { isActive: false }, { by: BY });
    expect(await operate('pause', 'bulk')).toMatchObject({ done: states.length, failed: 0 });
    await compare();

    await belfry.clock.advanceBy(5_000);
    for (const id of single) await belfry.changeJob(id, { isActive: true }, { by: BY });
    expect(await operate('resume', 'bulk')).toMatchObject({ done: states.length, failed: 0 });
    await compare();

    await belfry.clock.advanceBy(5_000);
    for (const id of single) await belfry.deleteJob(id, { by: BY });
    expect(await operate('delete', 'bulk')).toMatchObject({ done: states.length, failed: 0 });
    await compare();
  });

  test('a batch of many jobs takes as many statements as a batch of two', async () => {
    const statementsOf = async (action: NewOperation['action'], tag: string) => {
      const statements: string[] = [];
      const pool = intercepted((name) => statements.push(name));
      expect(await operate(action, tag, pool)).toMatchObject({ failed: 0, skipped: 0 });
      return statements;
    };
    const inAMinute = new Date(belfry.clock.nowMs() + 60_000);
    for (const [tag, count] of [
      ['two', 2],
      ['many', 60],
    ] as const) {
      const jobs = Array.from({ length: count }, () => aJob({ schedule: '0 3 * * *', tags: [tag] }));
      for (const { id } of await belfry.createJobs(jobs))
        await belfry.pool.query(OPEN_EXECUTION, [id, 'SCHEDULED', inAMinute, 'SCHEDULE']);
    }
    for (const action of ['spread', 'pause', 'resume', 'tag', 'group', 'run', 'delete'] as const) {
      const two = await statementsOf(action, 'two');
      const many = await statementsOf(action, 'many');
      expect(many).toEqual(two);
      expect(two.length).toBeLessThan(40);
    }
  });

  test('jobs with many open executions are spread over several batches', async () => {
    const jobs = await belfry.createJobs(
      Array.from({ length: 12 }, () => aJob({ schedule: '@daily', tags: ['crowded'] })),
    );
    await belfry.pool.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       select id, 1, 'SCHEDULED', at, at, at, at
         from unnest($1::bigint[]) id, generate_series(1, 1000) n, lateral (select $2::timestamptz + n * interval '1 s') t (at)`,
      [jobs.map(({ id }) => id), belfry.clock.now()],
    );
    let batches = 0;
    const pool = intercepted((name) => {
      if (name === 'save_operation_progress') batches += 1;
    });
    expect(await operate('pause', 'crowded', pool)).toMatchObject({ state: 'DONE', done: 12 });
    expect(batches).toBe(3);
    const { rows } = await belfry.pool.query(
      `select distinct status from job_executions where job_id = any($1)`,
      [jobs.map(({ id }) => id)],
    );
    expect(rows).toEqual([{ status: 'CANCELLED' }]);
  });

  test('a batch that was not saved leaves every job as it was', async () => {
    const jobs = await belfry.createJobs([1, 2].map(() => aJob({ schedule: '@daily', tags: ['dies'] })));
    const before = await Promise.all(jobs.map(({ id }) => stateOf(id)));
    const dying = intercepted((name) => {
      if (name === 'save_operation_progress') throw new Error('the process dies');
    });
    for (const action of ['pause', 'delete', 'tag', 'group', 'spread'] as const)
      await expect(operate(action, 'dies', dying)).rejects.toThrow('the process dies');
    expect(await Promise.all(jobs.map(({ id }) => stateOf(id)))).toEqual(before);
  });

  test('a bulk resume dispatches jobs that are due soon', async () => {
    const jobs = await belfry.createJobs(
      Array.from({ length: 3 }, () => aJob({ schedule: '* * * * *', tags: ['soon'], isActive: false })),
    );
    await operate('resume', 'soon');
    for (const { id } of jobs)
      expect(await belfry.executions(id)).toMatchObject([{ status: 'SCHEDULED' }, {}, {}, {}]);
  });
});
