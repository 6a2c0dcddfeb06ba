import type { Stage } from '../../test/support/services.ts';

/** Fills the tables for the tick by statements of PostgreSQL. The rows are the same as the API would store. */

const INSERT_JOBS = /* sql */ `
  insert into jobs (
    id, name, description, schedule, time_zone, api, method, headers, body,
    type, is_recurring, max_retry_count, timeout_ms, is_active, created_at, updated_at
  )
  select n, 'order ' || n, null, to_char(t at time zone zone, 'SS MI HH24') || ' * * *', zone,
         'http://127.0.0.1:9/orders/' || n, 'POST', '{"x-source":"bench"}',
         json_build_object('orderId', n, 'action', 'remind', 'note', 'forty bytes or so that a client sends'),
         'AT_LEAST_ONCE', true, 3, 30000, true, $4, $4
    from generate_series($1::bigint, $2::bigint) n,
         lateral (select $4::timestamptz + make_interval(secs => 3600 + (n * 7919) % 79200)) x (t),
         lateral (select (array['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'])[1 + n % $3::integer]) z (zone)`;

const INSERT_SCHEDULES = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  select n, date_trunc('second', $3::timestamptz) + make_interval(secs => 3600 + (n * 7919) % 79200), $3
    from generate_series($1::bigint, $2::bigint) n`;

const PER_STATEMENT = 50_000;
const ZONES = 4;

/** Stores recurring jobs 1 to `count`, each due once a day, none within the hour. */
export async function loadSchedules({ pool }: Stage, count: number): Promise<void> {
  const now = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  for (let first = 1; first <= count; first += PER_STATEMENT) {
    const last = Math.min(first + PER_STATEMENT - 1, count);
    await pool.query(INSERT_JOBS, [first, last, ZONES, now]);
    await pool.query(INSERT_SCHEDULES, [first, last, now]);
  }
  await pool.query('select setval($1, $2)', ['job_ids', count]);
  await pool.query('vacuum (analyze) jobs, job_schedules');
}

const MAKE_DUE = /* sql */ `
  with due as (
    select n * $2 as job_id, date_trunc('second', $3::timestamptz) + make_interval(secs => 1 + n % $4::integer) as t
      from generate_series(1, $1::integer) n
  ), moved as (
    update job_schedules s set next_execution_time = d.t from due d where s.job_id = d.job_id
  )
  update jobs j
     set schedule = to_char(d.t at time zone j.time_zone, 'SS MI HH24') || ' * * *'
    from due d
   where j.id = d.job_id`;

/** Makes `count` of them, every `every`th one, due within the next `withinSeconds`, and deletes earlier dispatched executions. */
export async function makeDue(
  { pool, redis }: Stage,
  { count, every, withinSeconds }: { count: number; every: number; withinSeconds: number },
): Promise<void> {
  await pool.query(`delete from job_executions where status = 'SCHEDULED'`);
  await redis.flushall();
  await pool.query(MAKE_DUE, [count, every, new Date(), withinSeconds]);
  await pool.query('vacuum (analyze) jobs, job_schedules, job_executions');
  await pool.query('checkpoint');
}

const INSERT_EXECUTIONS = /* sql */ `
  insert into job_executions (
    job_id, job_revision, status, execution_time, due_at, execution_duration, started_at, created_at, updated_at
  )
  select 1 + n % $3, 1, case when n % 50 = 0 then 'FAILED' else 'SUCCESS' end, t, t, 12, t, t, t
    from generate_series($1::bigint, $2::bigint) n,
         lateral (select $4::timestamptz - make_interval(secs => n * $5::double precision)) x (t)`;

/** Stores the history of `jobs` jobs: `count` finished executions, spread over the last `days`. */
export async function loadHistory(
  { pool }: Stage,
  { count, jobs, days }: { count: number; jobs: number; days: number },
): Promise<void> {
  const now = new Date();
  const stepSeconds = (days * 86_400) / count;
  for (let first = 1; first <= count; first += PER_STATEMENT) {
    const last = Math.min(first + PER_STATEMENT - 1, count);
    await pool.query(INSERT_EXECUTIONS, [first, last, jobs, now, stepSeconds]);
  }
  await pool.query('vacuum (analyze) job_executions');
}
