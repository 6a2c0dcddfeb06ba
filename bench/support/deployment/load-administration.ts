import type { Pool } from '../../../lib/db/pool.ts';

/** Loads keys, operations and the audit log. */

const KEYS = 120;
const OPERATIONS = 200;

const INSERT_KEYS = /* sql */ `
  insert into api_keys (name, key_hash, scopes, created_at, last_used_at)
  select 'service ' || n, sha256(convert_to('key ' || n, 'UTF8')), '{read,write}', $1, $1 from generate_series(1, $2::integer) n`;

const INSERT_OPERATIONS = /* sql */ `
  insert into operations (action, filter, parameters, made_by, state, rate_per_second, max_job_id, after_job_id, paced_until,
                          matched, is_matched_capped, done, created_at, updated_at, finished_at)
  select 'pause', '{"tag": "even"}', '{}', '{"actor": {"type": "API_KEY", "id": 1, "name": "service 1"}}', 'DONE', 100, $3, $3, $1,
         500, false, 500, t, t, t
    from generate_series(1, $2::integer) n
    cross join lateral (select $1::timestamptz - n * interval '1 hour' as t) x`;

// Each job has an entry for its creation, and every tenth job one for a change. The id of the key is a number, as in entries
// of the API.
const INSERT_AUDIT_LOG = /* sql */ `
  insert into audit_log (at, action, subject, subject_id, actor, before, after)
  select $1::timestamptz - n * interval '2 s', action, 'job', 1 + n % $2::bigint,
         jsonb_build_object('type', 'API_KEY', 'id', 1 + n % 20, 'name', 'service ' || 1 + n % 20),
         case action when 'JOB_CHANGED' then '{"timeout_ms": 10000}'::jsonb end,
         case action when 'JOB_CHANGED' then '{"timeout_ms": 30000}'::jsonb
                     else jsonb_build_object('name', 'order ' || n, 'api', 'https://host-' || n % 200 || '.example.com/orders/' || n,
                                             'method', 'POST', 'schedule', '0 9 * * *', 'time_zone', 'UTC', 'tags', '["even"]'::jsonb)
         end
    from generate_series(1, $2::bigint * 11 / 10) n
    cross join lateral (select case when n % 11 = 0 then 'JOB_CHANGED' else 'JOB_CREATED' end as action) a`;

export async function loadAdministration(
  pool: Pool,
  { jobs, now }: { jobs: number; now: Date },
): Promise<void> {
  await pool.query(INSERT_KEYS, [now, KEYS]);
  await pool.query(INSERT_OPERATIONS, [now, OPERATIONS, jobs]);
  await pool.query(INSERT_AUDIT_LOG, [now, jobs]);
}
