import type { Pool } from '../../../lib/db/pool.ts';

/** The causes. One of 50 jobs fails for the first one. */
const GROUPS = 3_000;

const FAILED = /* sql */ `
  create temporary table failed on commit drop as
  select id, job_id, execution_time, started_at, case when job_id % 50 = 0 then 1 else 2 + job_id % ${GROUPS - 1} end as group_id
    from job_executions
   where status = 'FAILED'`;

const INSERT_GROUPS = /* sql */ `
  insert into failure_groups (id, fingerprint, host, path, reason, status_code, message, executions, jobs, first_failed_at,
                              last_failed_at, sample_execution_id, sample_job_id)
  overriding system value
  select group_id, sha256(convert_to(group_id::text, 'UTF8')), 'host-' || group_id % 200 || '.example.com', '/orders/{n}',
         'STATUS_NOT_SUCCESS', 503, 'the target answered {n}', count(*), count(distinct job_id), min(execution_time),
         max(execution_time), max(id), (array_agg(job_id order by id desc))[1]
    from failed
   group by group_id`;

const INSERT_JOBS = /* sql */ `
  insert into failure_jobs (group_id, job_id, executions, last_failed_at, last_execution_id, last_execution_time)
  select group_id, job_id, count(*), max(execution_time), (array_agg(id order by execution_time desc))[1], max(execution_time)
    from failed
   group by group_id, job_id`;

const INSERT_DAYS = /* sql */ `
  insert into failure_days (group_id, day, executions)
  select group_id, (execution_time at time zone 'UTC')::date, count(*) from failed group by 1, 2`;

const INSERT_ATTEMPTS = /* sql */ `
  insert into job_attempts (execution_id, number, execution_time, status, started_at, finished_at, duration_ms, lateness_ms, reason,
                            error_message, status_code, is_connection_reused, first_byte_ms, response_headers, response_body,
                            response_body_encoding, response_body_bytes)
  select id, number, execution_time, 'FAILED', started_at, started_at + interval '20 ms', 20, 5, 'STATUS_NOT_SUCCESS',
         'the target answered 503', 503, true, 19, '{"content-type":["text/html"]}', repeat('Service unavailable. ', 20), 'utf8', 420
    from failed, generate_series(1, 4) number
   where id % 2 = 0`;

const RESTART_IDS = /* sql */ `
  select setval(pg_get_serial_sequence('failure_groups', 'id'), (select max(id) from failure_groups))`;

/** Groups the failed executions by cause, and gives every second one its attempts. */
export async function loadFailures(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  try {
    await connection.query('begin');
    for (const statement of [FAILED, INSERT_GROUPS, INSERT_JOBS, INSERT_DAYS, INSERT_ATTEMPTS, RESTART_IDS])
      await connection.query(statement);
    await connection.query('commit');
  } finally {
    connection.release(false);
  }
}
