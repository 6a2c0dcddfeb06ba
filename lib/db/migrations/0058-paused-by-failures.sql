-- Jobs that Belfry paused for their failures, until they are resumed or deleted. The row in `failing_jobs` has this too, but goes with
-- the next success, such as that of a run by hand, after which the job is still paused.
create table paused_by_failures (
  job_id bigint primary key,
  paused_at timestamptz not null
);

-- Triggers, so that a pause and a resume that the version before makes are kept as well.
create function follow_pause_by_failures() returns trigger language plpgsql as $$
begin
  if new.paused_at is null then
    delete from paused_by_failures where job_id = new.job_id;
  else
    insert into paused_by_failures (job_id, paused_at)
    values (new.job_id, new.paused_at)
        on conflict (job_id) do update
       set paused_at = excluded.paused_at;
  end if;
  return null;
end
$$;

create trigger follow_pause_by_failures
  after update of paused_at on failing_jobs
  for each row when (new.paused_at is distinct from old.paused_at)
  execute function follow_pause_by_failures();

-- A resume and a deletion end the pause, also when the job has no row in `failing_jobs` any more. The rest is as before.
create or replace function follow_changed_job() returns trigger language plpgsql as $$
begin
  delete from paused_by_failures where job_id = new.id;
  if new.deleted_at is not null then
    delete from failing_jobs where job_id = new.id;
  else
    update failing_jobs
       set failures_before_resume = failures_in_a_row, must_pause = false, paused_at = null
     where job_id = new.id;
  end if;
  return null;
end
$$;

insert into paused_by_failures (job_id, paused_at)
select f.job_id, f.paused_at
  from failing_jobs f
  join jobs j on j.id = f.job_id
 where f.paused_at is not null
   and not j.is_active
   and j.deleted_at is null;
