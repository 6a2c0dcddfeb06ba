-- Jobs that stacks declare become jobs with a key, which is the declared name, and an owner. A name whose job was deleted stays the
-- key of the deleted job. A name that a live job has as its key by now cannot become the key of another job.
update jobs j
   set key = d.name, owner = 'stack'
  from declared_jobs d
 where d.job_id = j.id
   and j.key is null
   and not exists (select from jobs o where o.key = d.name and o.deleted_at is null);

-- The version before reads and writes declared_jobs, until the new code is there and again after a rollback. The two triggers keep
-- the table and the jobs in step. Nothing else uses the table, so that the next release drops it together with the triggers.
create function is_stack(owner text) returns boolean language sql immutable as $$
  select coalesce(owner = 'stack' or starts_with(owner, 'stack:'), false)
$$;

create function list_declared_job() returns trigger language plpgsql as $$
begin
  delete from declared_jobs where job_id = new.id and (name is distinct from new.key or not is_stack(new.owner));
  if new.deleted_at is null and new.key is not null and is_stack(new.owner) then
    insert into declared_jobs (name, job_id, declared_at)
    values (new.key, new.id, new.updated_at)
    on conflict (name) do update
       set job_id = excluded.job_id, declared_at = excluded.declared_at
     where declared_jobs.job_id <> excluded.job_id;
  end if;
  return null;
end
$$;

create trigger list_new_declared_job
  after insert on jobs
  for each row when (new.owner is not null and new.key is not null)
  execute function list_declared_job();
create trigger list_changed_declared_job
  after update of key, owner on jobs
  for each row when (old.key is distinct from new.key or old.owner is distinct from new.owner)
  execute function list_declared_job();

create function key_declared_job() returns trigger language plpgsql as $$
begin
  update jobs j
     set key = new.name, owner = 'stack'
   where j.id = new.job_id
     and j.key is distinct from new.name
     and not exists (select from jobs o where o.key = new.name and o.deleted_at is null and o.id <> new.job_id);
  return null;
end
$$;

-- Only for a statement of the version before, and not for one of the trigger above.
create trigger key_job_of_declared_name
  after insert or update of job_id on declared_jobs
  for each row when (pg_trigger_depth() = 0)
  execute function key_declared_job();
