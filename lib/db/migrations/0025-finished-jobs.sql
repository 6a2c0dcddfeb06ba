-- The days after its last run for which a finished job is kept. Null keeps it for ever, as all jobs were kept before.
alter table jobs
  add column delete_finished_after_days integer check (delete_finished_after_days between 0 and 3650);

-- When to look whether a job that does not recur has finished and can be deleted. The tick looks, and sets a later time
-- while the job has not finished.
create table finished_job_checks (
  job_id bigint primary key,
  check_at timestamptz not null
);

-- Serves the tick: the earliest check first.
create index finished_job_checks_due on finished_job_checks (check_at, job_id);

-- A trigger, so that each way to make or change a job keeps the table right.
create function plan_finished_job_check() returns trigger language plpgsql as $$
begin
  if new.deleted_at is null and not new.is_recurring and new.delete_finished_after_days is not null then
    insert into finished_job_checks (job_id, check_at) values (new.id, new.updated_at)
        on conflict (job_id) do update set check_at = excluded.check_at;
  else
    delete from finished_job_checks where job_id = new.id;
  end if;
  return null;
end
$$;

create trigger plan_check_of_new_job
  after insert on jobs
  for each row when (not new.is_recurring and new.delete_finished_after_days is not null)
  execute function plan_finished_job_check();

create trigger plan_check_of_changed_job
  after update of is_recurring, delete_finished_after_days, deleted_at on jobs
  for each row when (
    (new.is_recurring, new.delete_finished_after_days, new.deleted_at)
      is distinct from (old.is_recurring, old.delete_finished_after_days, old.deleted_at))
  execute function plan_finished_job_check();
