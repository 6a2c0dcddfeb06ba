-- Every change of a job or an API key, with who made it. Triggers write it in the transaction of the change, so that no change is
-- without its entry, whichever code makes it: the API, a command, a deployment, a bulk operation or the version before.
create table audit_log (
  id bigint generated always as identity primary key,
  -- The instant of the change, as its transaction was told.
  at timestamptz not null,
  action text not null,
  -- What was changed: its kind and its id.
  subject text not null,
  subject_id bigint not null,
  -- Who made the change: {"type": …, "id": …, "name": …}. Null if the code that made it did not say.
  actor jsonb,
  -- Why, if the caller said.
  reason text,
  -- The columns that differ, with their values before and after. Null before a creation, and after a deletion.
  before jsonb,
  after jsonb
);

-- Each serves a list, the latest first: of all entries (and the retention), of one subject, of one API key, of one action.
create index audit_log_by_time on audit_log (at, id);
create index audit_log_by_subject on audit_log (subject, subject_id, at, id);
create index audit_log_by_api_key on audit_log ((actor ->> 'id'), at, id) where actor ->> 'type' = 'API_KEY';
create index audit_log_by_action on audit_log (action, at, id);

-- Who makes the changes of this transaction, as JSON: {"actor": …, "reason": …}. Null if the transaction did not say.
create function belfry_by() returns jsonb language sql stable as $$
  select nullif(current_setting('belfry.by', true), '')::jsonb
$$;

-- A job as the log shows it. Values of headers that may be secret are replaced, and a body of more than 2 KiB by its size and SHA-256.
-- The body is text: jsonb cannot hold every JSON text.
create function audited_job(job jobs) returns jsonb language plpgsql stable as $$
declare
  body_text text := job.body::text;
  shown_headers jsonb := '{}';
  -- Wider than the names whose values are encrypted: a version before the encryption stored values in plain.
  secret_name constant text :=
    'auth|key|token|secret|passw|passphrase|passcode|credential|cookie|session|signature|pwd|pin|otp|jwt|sas|sig|hmac|assertion|bearer|dpop';
begin
  if job.headers::text <> '{}' then
    select jsonb_object_agg(key, case
                                    when json_typeof(value) = 'object' or key ~* secret_name then '"[secret]"'
                                    else value::jsonb
                                  end)
      into shown_headers
      from json_each(job.headers);
  end if;
  job.body := 'null';
  job.headers := 'null';
  return (to_jsonb(job) - array['id', 'revision', 'version', 'has_run', 'created_at', 'updated_at'])
    || jsonb_build_object(
         'headers', shown_headers,
         'body', case
           when octet_length(body_text) <= 2048 then to_jsonb(body_text)
           else jsonb_build_object(
             'sizeBytes', octet_length(body_text),
             'sha256', encode(sha256(convert_to(body_text, 'UTF8')), 'hex'))
         end);
end
$$;

create function audit_job() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
  old_job jsonb;
  new_job jsonb;
  differing text[];
begin
  old_job := audited_job(old);
  if new.deleted_at is not null then
    if old.deleted_at is null then
      insert into audit_log (at, action, subject, subject_id, actor, reason, before)
      values (new.updated_at, 'JOB_DELETED', 'job', new.id, made_by -> 'actor', made_by ->> 'reason', old_job - 'deleted_at');
    end if;
    return null;
  end if;
  new_job := audited_job(new);
  select coalesce(array_agg(n.key), '{}')
    into differing
    from jsonb_each(new_job) n
   where n.value is distinct from old_job -> n.key;
  -- A new revision without a visible difference may have a new secret.
  if differing = '{}' and new.revision = old.revision then
    return null;
  end if;
  insert into audit_log (at, action, subject, subject_id, actor, reason, before, after)
  values (
    new.updated_at,
    case when differing <> '{is_active}' then 'JOB_CHANGED' when new.is_active then 'JOB_RESUMED' else 'JOB_PAUSED' end,
    'job', new.id, made_by -> 'actor', made_by ->> 'reason',
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(old_job) where key = any(differing)),
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(new_job) where key = any(differing)));
  return null;
end
$$;

-- Once for all jobs of a statement: a batch has up to 1,000.
create function audit_new_jobs() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, after)
  select created_at, 'JOB_CREATED', 'job', id, made_by -> 'actor', made_by ->> 'reason', audited_job(j) - 'deleted_at'
    from new_jobs j;
  return null;
end
$$;

create trigger audit_new_job
  after insert on jobs referencing new table as new_jobs
  for each statement execute function audit_new_jobs();

-- The statement of a visible change sets `updated_at`. Bookkeeping, such as the encryption with a new key, does not.
create trigger audit_changed_job
  after update of updated_at on jobs
  for each row execute function audit_job();

create function audited_api_key(name text, scopes text[], expires_at timestamptz, rate_limit_per_second integer)
returns jsonb language sql stable as $$
  select jsonb_build_object(
    'name', name, 'scopes', scopes, 'expires_at', expires_at, 'rate_limit_per_second', rate_limit_per_second)
$$;

-- A key that replaces another of the same name is an update of the row, with a new id: the old one is in revoked_api_keys.
create function audit_api_key() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, after)
  values (new.created_at, 'API_KEY_CREATED', 'apiKey', new.id, made_by -> 'actor', made_by ->> 'reason',
          audited_api_key(new.name, new.scopes, new.expires_at, new.rate_limit_per_second));
  return null;
end
$$;

create trigger audit_new_api_key
  after insert on api_keys
  for each row execute function audit_api_key();
create trigger audit_replacing_api_key
  after update of key_hash on api_keys
  for each row when (new.id <> old.id)
  execute function audit_api_key();

create function audit_revoked_api_key() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, before)
  values (new.revoked_at, 'API_KEY_REVOKED', 'apiKey', new.id, made_by -> 'actor', made_by ->> 'reason',
          audited_api_key(new.name, new.scopes, new.expires_at, new.rate_limit_per_second));
  return null;
end
$$;

create trigger audit_revoked_api_key
  after insert on revoked_api_keys
  for each row execute function audit_revoked_api_key();
