-- The entry of a pause or a resume names one column. The function finds that out first, by a comparison of the rows byte by byte
-- (`*=`), because the comparison of all columns as JSON takes 0.2 ms, most of the time of a bulk pause. The rest is as before.
create or replace function audit_job() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
  old_job jsonb;
  new_job jsonb;
  differing text[];
  -- The job after the change, with the state and the counts from before the change.
  otherwise jobs := new;
begin
  otherwise.is_active := old.is_active;
  otherwise.has_run := old.has_run;
  otherwise.revision := old.revision;
  otherwise.version := old.version;
  otherwise.updated_at := old.updated_at;
  if new.is_active <> old.is_active and otherwise *= old then
    insert into audit_log (at, action, subject, subject_id, actor, reason, before, after)
    values (new.updated_at, case when new.is_active then 'JOB_RESUMED' else 'JOB_PAUSED' end, 'job', new.id,
            made_by -> 'actor', made_by ->> 'reason',
            jsonb_build_object('is_active', old.is_active), jsonb_build_object('is_active', new.is_active));
    return null;
  end if;
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
