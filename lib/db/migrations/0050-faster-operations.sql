-- A batch changes several thousand jobs a second, so an operation may ask for as much. A version before runs such an operation as
-- any other.
alter table operations drop constraint operations_rate_per_second_check;
alter table operations add constraint operations_rate_per_second_check check (rate_per_second between 1 and 5000);

-- A spread changes the schedule alone. The comparison of all columns as JSON was most of its time. The rest is as before.
create or replace function audited_change(old_row jobs, new_row jobs, out action text, out before jsonb, out after jsonb)
language plpgsql stable as $$
declare
  old_job jsonb;
  new_job jsonb;
  differing text[];
  -- The job after the change, with the state, the labels, the schedule and the counts from before the change.
  otherwise jobs := new_row;
begin
  otherwise.is_active := old_row.is_active;
  otherwise.tags := old_row.tags;
  otherwise.job_group := old_row.job_group;
  otherwise.schedule := old_row.schedule;
  otherwise.has_run := old_row.has_run;
  otherwise.revision := old_row.revision;
  otherwise.version := old_row.version;
  otherwise.updated_at := old_row.updated_at;
  -- Bulk operations change only these fields. A comparison of the rows byte by byte finds that out, because the comparison of all
  -- columns as JSON takes 0.3 ms.
  if otherwise *= old_row then
    before := '{}';
    after := '{}';
    if new_row.is_active <> old_row.is_active then
      before := jsonb_build_object('is_active', old_row.is_active);
      after := jsonb_build_object('is_active', new_row.is_active);
      action := case when new_row.is_active then 'JOB_RESUMED' else 'JOB_PAUSED' end;
    end if;
    if new_row.tags <> old_row.tags then
      before := before || jsonb_build_object('tags', old_row.tags);
      after := after || jsonb_build_object('tags', new_row.tags);
      action := 'JOB_CHANGED';
    end if;
    if new_row.job_group is distinct from old_row.job_group then
      before := before || jsonb_build_object('job_group', old_row.job_group);
      after := after || jsonb_build_object('job_group', new_row.job_group);
      action := 'JOB_CHANGED';
    end if;
    if new_row.schedule <> old_row.schedule then
      before := before || jsonb_build_object('schedule', old_row.schedule);
      after := after || jsonb_build_object('schedule', new_row.schedule);
      action := 'JOB_CHANGED';
    end if;
    if action is null and new_row.revision <> old_row.revision then
      action := 'JOB_CHANGED';
    end if;
    return;
  end if;
  old_job := audited_job(old_row);
  if new_row.deleted_at is not null then
    if old_row.deleted_at is null then
      action := 'JOB_DELETED';
      before := old_job - 'deleted_at';
    end if;
    return;
  end if;
  new_job := audited_job(new_row);
  select coalesce(array_agg(n.key), '{}')
    into differing
    from jsonb_each(new_job) n
   where n.value is distinct from old_job -> n.key;
  -- A new revision without a visible difference may have a new secret.
  if differing = '{}' and new_row.revision = old_row.revision then
    return;
  end if;
  action := case
    when differing <> '{is_active}' then 'JOB_CHANGED'
    when new_row.is_active then 'JOB_RESUMED'
    else 'JOB_PAUSED'
  end;
  before := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(old_job) where key = any(differing));
  after := (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(new_job) where key = any(differing));
end
$$;
