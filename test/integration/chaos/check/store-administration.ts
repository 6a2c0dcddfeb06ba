import type { Queryable } from '../../../../lib/db/pool.ts';
import type { AskedAdministration } from '../../../chaos/journal/types.ts';
import { REDRIVE_GROUP } from '../../../chaos/traffic/administer.ts';

/** What a sound run has asked of keys and failures. `storeAdministration` stores the keys and executions. */
export const soundAdministration = (): AskedAdministration => ({
  signingKeys: [
    { id: 1, isRevoked: true },
    { id: 2, isRevoked: false },
  ],
  apiKeys: [
    { id: 1, isRevoked: true },
    { id: 2, isRevoked: false },
  ],
  redrives: [{ jobIds: [81, 82], operationIds: [8, 9] }],
});

const STATEMENTS = [
  /* sql */ `
  insert into signing_keys (id, secret, created_at, revoked_at) values (1, null, $1, $1), (2, '{}', $1, null)`,
  /* sql */ `
  insert into revoked_api_keys (id, name, key_hash, scopes, created_at, revoked_at) values (1, 'one', '', '{read}', $1, $1)`,
  /* sql */ `
  insert into api_keys (id, name, key_hash, scopes, created_at) overriding system value
  values (2, 'two', sha256('two'), '{read}', $1)`,
  /* sql */ `
  insert into audit_log (at, action, subject, subject_id)
  select $1, subject[1] || '_' || done, subject[2], id
    from (values (array['SIGNING_KEY', 'signingKey']), (array['API_KEY', 'apiKey'])) s (subject)
   cross join (values (1, 'CREATED'), (1, 'REVOKED'), (2, 'CREATED')) e (id, done)`,
  /* sql */ `
  insert into jobs (id, revision, name, job_group, schedule, time_zone, api, method, headers, body, type, is_recurring,
                    max_retry_count, timeout_ms, is_active, created_at, updated_at)
  select id, 1, 'redriven ' || id, '${REDRIVE_GROUP}', '@daily', 'UTC', 'http://127.0.0.1:9/', 'POST', '{}', 'null', 'AT_LEAST_ONCE',
         true, 0, 1000, false, $1, $1
    from unnest(array[81, 82]) id`,
  /* sql */ `
  insert into operations (id, action, filter, parameters, made_by, state, rate_per_second, max_job_id, after_job_id, paced_until,
                          matched, is_matched_capped, done, skipped, failed, created_at, updated_at, finished_at)
  overriding system value
  select id, 'redrive', '{}', '{}', '{}', 'DONE', 1, 0, 0, $1, 0, false, 1, 1, 0, $1, $1, $1 from unnest(array[8, 9]) id`,
  /* sql */ `
  insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, started_at, finished_at,
                              trigger, origin_id, created_at, updated_at)
  select id + 10, id, 1, 'SUCCESS', at, at, at, at + interval '1 s', 'REDRIVE', id + 100, at, at + interval '1 s'
    from unnest(array[81, 82]) id
   cross join lateral (select $1::timestamptz + interval '1 microsecond') t (at)`,
] as const;

/** Stores the keys, and the failures that were repeated. */
export async function storeAdministration(tx: Queryable, at: Date): Promise<void> {
  for (const text of STATEMENTS) await tx.query({ text, values: [at] });
}

const REPEAT_AT_ONCE = /* sql */ `
  insert into job_executions (id, job_id, job_revision, status, execution_time, due_at, trigger, origin_id, created_at, updated_at)
  select id + 1000, job_id, 1, 'CANCELLED', execution_time + interval '1 ms', due_at, trigger, origin_id, created_at, updated_at
    from job_executions where id = 91`;

/** Repeats a failed execution a second time while its first repetition is open. */
export const repeatAtOnce = (tx: Queryable): Promise<unknown> => tx.query(REPEAT_AT_ONCE);
