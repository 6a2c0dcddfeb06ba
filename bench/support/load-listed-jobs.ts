import { buildIndexes } from '../../lib/db/build-indexes.ts';
import { migrations } from '../../lib/generated/embedded.ts';
import type { Stage } from '../../test/support/services.ts';

/** Fills the tables for lists and filters, from inside PostgreSQL: a million jobs with everything to find them by. */

const PER_STATEMENT = 50_000;

const INSERT_JOBS = /* sql */ `
  insert into jobs (
    id, key, name, description, job_group, owner, tags, schedule, time_zone, api, method, headers, body,
    type, is_recurring, max_retry_count, timeout_ms, is_active, created_at, updated_at
  )
  select n, 'shop-' || n % 100 || '/order/' || n, 'order ' || n || case when n % 100000 = 7 then ' quarterly' else '' end,
         'reminds a customer of the order', 'group-' || n % 50, 'team-' || n % 20,
         case when n % 2 = 0 then jsonb_build_array('even', 'r' || n % 1000) else jsonb_build_array('r' || n % 1000) end,
         n % 60 || ' ' || n / 60 % 60 || ' ' || n % 24 || ' * * *', 'UTC',
         'https://host-' || n % 200 || '.example.com/orders/' || n, 'POST', '{}', 'null',
         'AT_LEAST_ONCE', true, 3, 30000, n % 500 <> 0, $3, $3
    from generate_series($1::bigint, $2::bigint) n`;

const INSERT_TAGS = /* sql */ `
  insert into job_tags (tag, job_id)
  select tag, id from jobs, jsonb_array_elements_text(tags) tag where id between $1 and $2`;

// Every 300th active job has finished.
const INSERT_SCHEDULES = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  select n, date_trunc('second', $3::timestamptz) + make_interval(secs => 300 + (n * 7919) % 86400), $3
    from generate_series($1::bigint, $2::bigint) n
   where n % 500 <> 0
     and n % 300 <> 1`;

/** Stores jobs 1 to `count`. */
export async function loadListedJobs({ pool }: Stage, count: number): Promise<void> {
  const now = new Date();
  await pool.query('alter table jobs disable trigger user');
  await pool.query('drop index jobs_containing');
  for (let first = 1; first <= count; first += PER_STATEMENT) {
    const last = Math.min(first + PER_STATEMENT - 1, count);
    await pool.query(INSERT_JOBS, [first, last, now]);
    await pool.query(INSERT_TAGS, [first, last]);
    await pool.query(INSERT_SCHEDULES, [first, last, now]);
  }
  await pool.query('alter table jobs enable trigger user');
  await buildIndexes(
    pool,
    migrations.map(({ version }) => version),
  );
  await pool.query('select setval($1, $2)', ['job_ids', count]);
  await pool.query('vacuum (analyze) jobs, job_tags, job_schedules');
}
