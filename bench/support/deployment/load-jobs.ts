import type { Pool } from '../../../lib/db/pool.ts';
import { FAILS_EVERY, PAUSED_BY_FAILURES_EVERY, PAUSED_EVERY } from './shape.ts';

/** Stores jobs with values for every filter, by statements of PostgreSQL. */

const PER_STATEMENT = 100_000;

// Out of 20 jobs, one has an interval, one runs once, and the others share 10,080 crons in each of three time zones.
const INSERT_JOBS = /* sql */ `
  insert into jobs (
    id, key, name, description, job_group, owner, tags, schedule, time_zone, api, method, headers, body,
    type, is_recurring, max_retry_count, timeout_ms, is_active, has_run, created_at, updated_at
  )
  select n, 'shop-' || n % 100 || '/order/' || n, 'order ' || n || case when n % 100000 = 7 then ' quarterly' else '' end,
         'reminds a customer of the order', 'group-' || n % 50, 'team-' || n % 20,
         case when n % 2 = 0 then jsonb_build_array('even', 'r' || n % 1000) else jsonb_build_array('r' || n % 1000) end,
         case when n % 20 = 0 then '@every ' || 60 + n % 1000 || 's'
              when n % 20 = 1 then to_char($3::timestamptz + n * interval '3 s', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
              else n % 60 || ' ' || n / 60 % 24 || ' * * ' || n / 1440 % 7
         end,
         (array['UTC', 'Europe/Berlin', 'America/New_York'])[1 + n / 10080 % 3],
         'https://host-' || n % 200 || '.example.com/orders/' || n, 'POST', '{}',
         '{"orderId": 1, "note": "forty bytes or so that a client sends"}',
         'AT_LEAST_ONCE', n % 20 <> 1, case when n % 20 <> 1 then 3 else 0 end, 30000,
         n % ${PAUSED_EVERY} <> 0 and n % ${PAUSED_BY_FAILURES_EVERY} <> 5, n % 40 = 1, $3, $3
    from generate_series($1::bigint, $2::bigint) n`;

const INSERT_TAGS = /* sql */ `
  insert into job_tags (tag, job_id)
  select tag, id from jobs, jsonb_array_elements_text(tags) tag where id between $1 and $2`;

// Every second job that runs once has finished.
const INSERT_SCHEDULES = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  select id, date_trunc('second', $3::timestamptz) + make_interval(secs => (id * 7919) % 86400), $4
    from jobs
   where id between $1 and $2
     and is_active
     and not has_run`;

/** Drops the indexes that `buildIndexes` builds, because building an index over all rows at once takes a fraction of the time. */
export const DROP_INDEXES = /* sql */ `
  drop index if exists jobs_by_host, jobs_paused, jobs_by_group, jobs_by_owner, jobs_by_schedule, jobs_of_schedule, jobs_with_own_times,
                       jobs_containing, job_schedules_next`;

/** Stores jobs 1 to `count`. Each is due within a day after `firstDueAt`. `buildIndexes` must build their indexes afterwards. */
export async function loadJobs(
  pool: Pool,
  { count, now, firstDueAt }: { count: number; now: Date; firstDueAt: Date },
): Promise<void> {
  await pool.query('alter table jobs disable trigger user');
  await pool.query(DROP_INDEXES);
  for (let first = 1; first <= count; first += PER_STATEMENT) {
    const last = Math.min(first + PER_STATEMENT - 1, count);
    await pool.query(INSERT_JOBS, [first, last, now]);
    await pool.query(INSERT_TAGS, [first, last]);
    await pool.query(INSERT_SCHEDULES, [first, last, firstDueAt, now]);
  }
  await pool.query('alter table jobs enable trigger user');
  await pool.query('select setval($1, $2)', ['job_ids', count]);
}

const INSERT_FAILING = /* sql */ `
  insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, paused_at)
  select f.job_id, f.failures, f.since, f.last, case when not j.is_active then f.last end
    from (select job_id, count(*) as failures, min(execution_time) as since, max(execution_time) as last
            from job_executions
           where status = 'FAILED'
             and job_id % ${FAILS_EVERY} = 5
           group by job_id) f
    join jobs j on j.id = f.job_id`;

// The trigger follows updates alone, because only an update pauses a job.
const INSERT_PAUSED = /* sql */ `
  insert into paused_by_failures (job_id, paused_at)
  select job_id, paused_at from failing_jobs where paused_at is not null`;

/** Stores the rows of failing jobs. */
export async function loadFailingJobs(pool: Pool): Promise<void> {
  await pool.query(INSERT_FAILING);
  await pool.query(INSERT_PAUSED);
}
