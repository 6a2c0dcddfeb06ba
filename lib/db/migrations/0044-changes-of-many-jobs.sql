-- The audit log and the index of tags followed each changed job by statements of its own, most of the time of a bulk operation.
-- Now one statement follows all jobs that a statement has changed.

-- The change of a job as the audit log shows it. Its action is null if nothing visible has changed.
create function audited_change(old_row jobs, new_row jobs, out action text, out before jsonb, out after jsonb)
language plpgsql stable as $$
declare
  old_job jsonb;
  new_job jsonb;
  differing text[];
  -- The job after the change, with the state, the labels and the counts from before the change.
  otherwise jobs := new_row;
begin
  otherwise.is_active := old_row.is_active;
  otherwise.tags := old_row.tags;
  otherwise.job_group := old_row.job_group;
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

-- Without nested loops, because the plan of the first call is kept, and a plan for one changed job would compare each of 1,000 jobs
-- with each. Statements that set `updated_at` have counted the version. Bookkeeping has not, and has no entry.
create function audit_changed_jobs() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, before, after)
  select updated_at, (change).action, 'job', id, made_by -> 'actor', made_by ->> 'reason', (change).before, (change).after
    from (
           select n.id, n.updated_at, audited_change(o, n) as change
             from old_jobs o
             join new_jobs n on n.id = o.id
            where n.version <> o.version
           offset 0
         ) changed
   where (change).action is not null
   order by id;
  return null;
end
$$;

drop trigger audit_changed_job on jobs;
drop function audit_job();
create trigger audit_changed_jobs
  after update on jobs referencing old table as old_jobs new table as new_jobs
  for each statement execute function audit_changed_jobs();

create function index_tags_of_new_jobs() returns trigger language plpgsql as $$
begin
  insert into job_tags (tag, job_id)
  select distinct tag, id
    from new_jobs
    cross join lateral jsonb_array_elements_text(tags) tag
   where deleted_at is null;
  return null;
end
$$;

-- Writes only what differs: a new tag of a job with three tags is one row, not four new ones for three old ones.
create function index_tags_of_changed_jobs() returns trigger language plpgsql as $$
begin
  with before as materialized (
    select tag, id from old_jobs cross join lateral jsonb_array_elements_text(tags) tag where deleted_at is null
  ), after as materialized (
    select tag, id from new_jobs cross join lateral jsonb_array_elements_text(tags) tag where deleted_at is null
  ), gone as materialized (
    select tag, id from before except select tag, id from after
  ), removed as (
    delete from job_tags t
     using gone g
     where t.job_id = any(array(select id from gone))
       and t.job_id = g.id
       and t.tag = g.tag
  )
  insert into job_tags (tag, job_id)
  select tag, id from (select tag, id from after except select tag, id from before) added
      on conflict do nothing;
  return null;
end
$$;

drop trigger index_tags_of_new_job on jobs;
drop trigger index_tags_of_changed_job on jobs;
drop function index_job_tags();
create trigger index_tags_of_new_jobs
  after insert on jobs referencing new table as new_jobs
  for each statement execute function index_tags_of_new_jobs();
create trigger index_tags_of_changed_jobs
  after update on jobs referencing old table as old_jobs new table as new_jobs
  for each statement execute function index_tags_of_changed_jobs();
