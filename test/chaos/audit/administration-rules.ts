import type { AuditRule } from '../../../lib/audit/rule.ts';
import type { AskedAdministration } from '../journal/types.ts';
import { REDRIVE_GROUP } from '../traffic/administer.ts';
import { foundBy } from './found-by.ts';

// At most five keys sign at once, and at least one does.
const WRONG_KEYS = /* sql */ `
  with asked as (
    select * from jsonb_to_recordset($1::jsonb) as a (kind text, id bigint, "isRevoked" boolean)
  ), stored as (
    select 'signingKey' as kind, id, revoked_at is not null as is_revoked, secret is not null as has_secret from signing_keys
    union all
    select 'apiKey', id, false, true from api_keys
    union all
    select 'apiKey', id, true, false from revoked_api_keys
  ), logged as (
    select subject as kind, subject_id as id,
           count(*) filter (where action in ('SIGNING_KEY_CREATED', 'API_KEY_CREATED')) as creations,
           count(*) filter (where action in ('SIGNING_KEY_REVOKED', 'API_KEY_REVOKED')) as revocations
      from audit_log
     where subject in ('signingKey', 'apiKey')
     group by 1, 2
  )
  select null as "jobId", null as "executionId",
         format('%s %s is stored %s times, revoked: %s, and was revoked by a request: %s; the log has %s creations, %s revocations',
                a.kind, a.id, count(s.id), bool_or(s.is_revoked), a."isRevoked", max(l.creations), max(l.revocations)) as detail
    from asked a
    left join stored s using (kind, id)
    left join logged l using (kind, id)
   group by a.kind, a.id, a."isRevoked"
  having count(s.id) <> 1
      or (a."isRevoked" and not bool_or(s.is_revoked))
      or (bool_or(s.is_revoked) and bool_or(s.has_secret))
      or max(l.creations) is distinct from 1
      or max(l.revocations) <> case when bool_or(s.is_revoked) then 1 else 0 end
  union all
  select null, null, format('%s keys sign', count(*))
    from signing_keys
   where secret is not null
     and (expires_at is null or expires_at > now())
  having count(*) not between 1 and 5`;

/** How far the clocks of two functions may differ. */
const CLOCK_TOLERANCE = /* sql */ `interval '250 ms'`;

const WRONG_REDRIVES = /* sql */ `
  with round as (
    select * from jsonb_to_recordset($1::jsonb) as r ("jobIds" jsonb, "operationIds" jsonb)
  ), repeated as (
    select e.id, e.job_id, e.origin_id, e.created_at, e.finished_at
      from job_executions e
      join jobs j on j.id = e.job_id
     where e.trigger = 'REDRIVE'
       and j.job_group = '${REDRIVE_GROUP}'
  ), counted as (
    select r."operationIds", (select sum(o.done) from operations o where r."operationIds" @> to_jsonb(o.id)) as done,
           (select count(*) from repeated p where r."jobIds" @> to_jsonb(p.job_id)) as made,
           (select count(*) from operations o where r."operationIds" @> to_jsonb(o.id) and o.state = 'RUNNING') as running
      from round r
     where jsonb_array_length(r."operationIds") = 2
  )
  select null as "jobId", null as "executionId",
         format('the redrives %s say that they made %s executions, and made %s; %s still run', "operationIds", done, made, running) as detail
    from counted
   where done is distinct from made
      or running > 0
  union all
  select one.job_id, one.origin_id, format('it was repeated by %s and %s at once', one.id, other.id)
    from repeated one
    join repeated other on other.origin_id = one.origin_id and other.id > one.id
   where other.created_at < one.finished_at - ${CLOCK_TOLERANCE}`;

/** Returns the rules about keys, and about the repetition of failures. */
export function administrationRules({ signingKeys, apiKeys, redrives }: AskedAdministration): AuditRule[] {
  const keys = [
    ...signingKeys.map((key) => ({ kind: 'signingKey', ...key })),
    ...apiKeys.map((key) => ({ kind: 'apiKey', ...key })),
  ];
  return [
    foundBy(
      {
        name: 'acknowledged-keys-exist',
        promise:
          'each acknowledged key exists once, is revoked if that was acknowledged, and the audit log says so once',
      },
      WRONG_KEYS,
      [JSON.stringify(keys)],
    ),
    foundBy(
      {
        name: 'redrives-count',
        promise:
          'redrives at once repeat each failed execution once, and count the executions that they made',
      },
      WRONG_REDRIVES,
      [JSON.stringify(redrives)],
    ),
  ];
}
