import { ensurePartitions } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { after, NOON, OTHER_TOKEN, pool } from './fixture.ts';

export const JOBS = 50_000;
export const MIDNIGHT = after(-DAY_MS / 2);
/** Has a tenth of all executions. */
export const BUSY_JOB = 1;
export const QUIET_JOB = 7;

export type Execution = { id: number; executionTime: Date };
/** The waiting executions of the young partition, earliest first. */
export let waiting: Execution[];

/** Stores jobs, schedules and executions of six days. The partition of today has no statistics. */
export async function fillTables(): Promise<void> {
  await ensurePartitions(pool, after(-5 * DAY_MS), 6);
  // The plans do not depend on the audit log, and its entries take seconds.
  await pool.query('alter table jobs disable trigger audit_new_job');
  await pool.query(
    `insert into jobs (schedule, time_zone, api, method, headers, body, type, is_recurring, max_retry_count, timeout_ms,
                       is_active, created_at, updated_at, tags, key)
     select '@daily', 'UTC', 'http://127.0.0.1/', 'POST', '{}', 'null', 'AT_LEAST_ONCE', true, 3, 30000,
            true, $2, $2, case when n % 2 = 0 then '["even"]'::jsonb else '[]' end, 'job-' || n
       from generate_series(1, $1::integer) n`,
    [JOBS, NOON],
  );
  // 500 are due.
  await pool.query(
    `insert into job_schedules (job_id, next_execution_time, created_at)
     select id, $1::timestamptz + (id - 500) * interval '1 s', $1 from jobs`,
    [NOON],
  );
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, execution_duration, started_at,
                                 created_at, updated_at)
     select case when place % 10 = 0 then 1 else place + 1 end, 1,
            case when place % 2000 = 0 then 'FAILED' else 'SUCCESS' end, at, at, 10, at, at, at
       from generate_series(1, 5) day,
            generate_series(1, 40000) place,
            lateral (select $1::timestamptz - day * interval '1 day' + place * interval '2 s') t (at)`,
    [MIDNIGHT],
  );
  await pool.query(
    `insert into job_attempts (execution_id, number, execution_time, status, finished_at)
     select id, number, execution_time, 'FAILED', updated_at
       from job_executions, generate_series(1, 2) number where id % 10 = 0`,
  );
  await pool.query('vacuum analyze');
  // The young partition has no statistics, and finished executions have left their dead index entries behind.
  await pool.query('alter table job_executions_p20260115 set (autovacuum_enabled = off)');
  await pool.query(
    `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
     select place, 1, 'SCHEDULED', at, at, at, at
       from generate_series(1, 30000) place,
            lateral (select $1::timestamptz + (place / 200) * interval '1 s') t (at)`,
    [MIDNIGHT],
  );
  await pool.query(
    `update job_executions set status = 'RUNNING', claim_token = $2, lease_expires_at = $1, started_at = $1
      where job_id <= 11000 and status = 'SCHEDULED'`,
    [NOON, OTHER_TOKEN],
  );
  await pool.query(
    `update job_executions set status = 'SUCCESS', claim_token = null, lease_expires_at = null
      where job_id <= 10000 and status = 'RUNNING'`,
  );
  const { rows } = await pool.query<Execution>(
    `select id, execution_time as "executionTime" from job_executions where status = 'SCHEDULED' order by 2, 1`,
  );
  waiting = rows;
}

/** As a worker takes them: due at about the same time, or at times across the day. */
export function takeWaiting(count: number, from: 'one second' | 'all over'): Execution[] {
  const step = from === 'all over' ? Math.floor(waiting.length / count) : 1;
  return Array.from({ length: count }, (_, index) => waiting[index * step]!);
}
