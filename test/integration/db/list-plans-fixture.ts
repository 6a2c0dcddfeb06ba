import { ensurePartitions } from '../../../lib/db/partitions.ts';
import type { Pool, Queryable } from '../../../lib/db/pool.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../../lib/domain/execution-filter.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import { after, NOON, pool } from './fixture.ts';

export const JOBS = 40_000;
const MIDNIGHT = after(-DAY_MS / 2);
export const DAYS_OF_HISTORY = 30;

/** Stores many jobs with a history of 30 days. The planner knows all of it but today. */
export async function storeMany(): Promise<void> {
  await ensurePartitions(pool, after(-DAYS_OF_HISTORY * DAY_MS), DAYS_OF_HISTORY + 3);
  await pool.query('alter table jobs disable trigger user');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at, tags, key, name, job_group, owner)
     select '@daily', 'UTC', 'http://host-' || n % 4 || '.example/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
            n % 400 <> 0, $2, $2, case when n % 2 = 0 then '["even"]'::jsonb else '["odd"]' end,
            'key-' || n, case when n % 10000 = 0 then 'needle' else 'straw' end, 'group-' || n % 3, 'owner-' || n % 3
       from generate_series(1, $1::integer) n`,
    [JOBS, NOON],
  );
  await pool.query(
    `insert into job_tags (tag, job_id) select tag, id from jobs, jsonb_array_elements_text(tags) tag`,
  );
  await pool.query('alter table jobs enable trigger user');
  await pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, $1::timestamptz + (id / 100) * interval '1 minute', $1 from jobs where is_active and id % 300 <> 1`,
    [NOON],
  );
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at, trigger)
     select 1 + place % $2, 1, case when place % 1000 = 0 then 'FAILED' else 'SUCCESS' end, at, at, at, at,
            case when place % 5000 = 0 then 'MANUAL' else 'SCHEDULE' end
       from generate_series(0, 2) day, generate_series(1, 40000) place,
            lateral (select $1::timestamptz - day * interval '1 day' - place * interval '2 s') t (at)`,
    [MIDNIGHT, JOBS],
  );
  await pool.query(
    `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time)
     select id, 2 + id % 20, $1, $1 from jobs where id % 20 < 5`,
    [after(-DAY_MS)],
  );
  await pool.query(
    `insert into paused_by_failures (job_id, paused_at) select id, $1 from jobs where id % 4 = 0`,
    [NOON],
  );
  await pool.query('vacuum analyze');
  // Today's partition has no statistics.
  await pool.query('alter table job_executions_p20260115 set (autovacuum_enabled = off)');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select place, 1, case when place <= 20000 then 'SUCCESS' when place <= 20100 then 'RETRYING' else 'SCHEDULED' end,
            at, at, at, at
       from generate_series(1, 30000) place,
            lateral (select $1::timestamptz + place * interval '2 s') t (at)`,
    [MIDNIGHT],
  );
}

/** A pool whose statements go to one connection, in the transaction that it is in. */
export function asPool(tx: Queryable): Pool {
  const query: Queryable['query'] = async (statement, values) => {
    if (!/^(begin|commit)/.test(typeof statement === 'string' ? statement : statement.text))
      return tx.query(statement, values);
    return { ...(await tx.query('select')), rows: [], command: 'COMMIT' };
  };
  const connection = { query, release: () => {} };
  return { query: tx.query, connect: async () => connection, end: async () => {} };
}

export const none: ExecutionFilter = {
  statuses: undefined,
  jobId: undefined,
  key: undefined,
  trigger: undefined,
  tag: undefined,
  group: undefined,
  host: undefined,
  since: undefined,
  until: undefined,
};
/** A place within the history. */
export const middle: ExecutionPosition = { timeUs: after(-30 * 3_600_000).getTime() * 1_000, id: 1 };

/** Filters with the most rows that a statement may read: 200, and then 2,400 jobs or 2,000 executions with their jobs. */
export const executionFilters: [Partial<ExecutionFilter>, number][] = [
  [{}, 600],
  [{ statuses: ['FAILED'] }, 600],
  [{ statuses: ['FAILED', 'CANCELLED'] }, 600],
  [{ statuses: ['RUNNING', 'RETRYING'] }, 1_000],
  [{ statuses: ['SUCCESS'] }, 2_000],
  [{ trigger: 'MANUAL' }, 2_000],
  [{ tag: 'even' }, 3_000],
  [{ group: 'group-1' }, 3_000],
  // 2,000 executions, and the job of each.
  [{ host: 'host-1.example' }, 4_100],
  [{ host: 'host-1.example', statuses: ['FAILED'] }, 3_000],
  [{ since: after(-2 * DAY_MS), until: after(-DAY_MS) }, 600],
  [{ until: after(-20 * 3_600_000) }, 600],
  [{ until: after(-20 * 3_600_000), statuses: ['FAILED'] }, 600],
  [{ until: after(-20 * 3_600_000), jobId: 7 }, 600],
];

/** Filters with the most rows that a page may read. */
export const jobFilters: [JobFilter, number][] = [
  [{ tag: 'even' }, 1_500],
  [{ group: 'group-1' }, 1_500],
  [{ owner: 'owner-1' }, 1_500],
  [{ host: 'host-1.example' }, 1_500],
  [{ schedule: '@daily' }, 1_500],
  [{ schedule: '@daily', timeZone: 'UTC' }, 1_500],
  [{ schedule: '0 5 * * *' }, 1_500],
  [{ timeZone: 'Europe/Berlin' }, 10_000],
  // Without statistics, a plan reads all executions that wait: 8,400.
  [{ state: 'ACTIVE' }, 10_000],
  [{ state: 'PAUSED' }, 1_500],
  [{ state: 'PAUSED_BY_FAILURES' }, 1_500],
  [{ tag: 'even', state: 'PAUSED_BY_FAILURES' }, 10_000],
  // 1,000 failing jobs: each is read from the list, twice by its id there, from the jobs, and with a success.
  [{ lastOutcome: 'FAILED' }, 5_100],
  [{ lastOutcome: 'SUCCESS' }, 5_000],
  [{ state: 'FINISHED' }, 8_000],
  [{ state: 'ACTIVE,PAUSED' }, 10_000],
  [{ text: 'straw' }, 1_500],
  [{ text: 'needle' }, 5_000],
  // Every job has both words, and no job has this text.
  [{ text: 'http straw' }, 10_000],
  [{ keyPrefix: 'key-1234' }, 200],
  [{ keyPrefix: 'key-' }, 4_000],
  [{ nextBefore: after(60_000) }, 1_500],
  [{ tag: 'even', group: 'group-1' }, 10_000],
  [{ tag: 'odd', state: 'PAUSED' }, 10_000],
];
