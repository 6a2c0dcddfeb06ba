alter table jobs
  -- Where failed executions and recoveries are reported. Null: to the target of the deployment.
  add column on_failure text,
  add column on_recovery text,
  add column pause_after_failures integer check (pause_after_failures > 0);

-- The URL of a CALLBACK. With it, nothing of the job's own request is sent.
alter table job_executions add column request_url text;

-- Jobs whose latest execution, by execution time, ended FAILED. A row is written with the end of the execution. It is removed when a
-- tick finds a later success, and when the job is deleted.
create table failing_jobs (
  job_id bigint primary key,
  failures_in_a_row integer not null check (failures_in_a_row > 0),
  -- How many of them were before the job was last resumed. They do not count for the next pause.
  failures_before_resume integer not null default 0,
  -- When the first of these failures ended.
  failing_since timestamptz not null,
  -- The execution time of the latest of them.
  last_failed_time timestamptz not null,
  -- Set when the job must be paused and is not paused yet.
  must_pause boolean not null default false,
  -- When Belfry paused the job for its failures.
  paused_at timestamptz
);

-- Serves the pauses that are still to be made.
create index failing_jobs_to_pause on failing_jobs (job_id) where must_pause;
-- Serves the metric of jobs that fail repeatedly.
create index failing_jobs_repeatedly on failing_jobs (job_id) where failures_in_a_row >= 3;

-- Reports that are not executions yet. A row is written with the end of the execution that it reports, so that no crash loses it.
create table pending_callbacks (
  id bigint generated always as identity primary key,
  event text not null check (event in ('job.failed', 'job.recovered')),
  job_id bigint not null,
  -- The execution that is reported.
  origin_id bigint not null,
  -- Null: the target of the deployment.
  url text,
  created_at timestamptz not null,
  data json not null
);

-- One row, which ticks keep: whether the deployment has a target for jobs without one. Otherwise no report would be written for them.
create table callback_targets (
  is_only_row boolean primary key default true check (is_only_row),
  has_failure_target boolean not null default false,
  has_recovery_target boolean not null default false
);

insert into callback_targets default values;

create function iso_instant(at timestamptz) returns text language sql immutable as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Writes the report of an execution, if it has a target.
create function report_execution(
  reported_event text, j jobs, e job_executions, failures integer, since timestamptz, is_paused boolean, now timestamptz
) returns void language plpgsql as $$
declare
  target text := case reported_event when 'job.failed' then j.on_failure else j.on_recovery end;
  has_default boolean;
begin
  select case reported_event when 'job.failed' then has_failure_target else has_recovery_target end
    into has_default
    from callback_targets;
  if target is null and not coalesce(has_default, false) then
    return;
  end if;
  insert into pending_callbacks (event, job_id, origin_id, url, created_at, data)
  values (reported_event, j.id, e.id, target, now, json_build_object(
    'job', json_build_object('id', j.id, 'key', j.key, 'name', j.name),
    'execution', json_build_object(
      'id', e.id, 'trigger', e.trigger, 'status', e.status, 'executionTime', iso_instant(e.execution_time),
      'startedAt', iso_instant(e.started_at), 'finishedAt', iso_instant(e.finished_at), 'retryCount', e.retry_count,
      'statusCode', e.status_code, 'reason', e.reason, 'errorMessage', left(e.error_message, 500)),
    'failuresInARow', failures,
    'failingSince', iso_instant(since),
    'pausesJob', is_paused));
end
$$;

-- Counts the failure of an execution, and writes its report. A trigger, so that every statement that ends an execution FAILED does
-- this: of a worker, of a tick, and of the version before. Successes cost nothing, because they are looked up here, by the index of
-- job, status and execution time. A failure does not count if an execution of a later time has succeeded already.
create function note_failed_execution() returns trigger language plpgsql as $$
declare
  j jobs;
  earlier failing_jobs;
  counted failing_jobs;
  success job_executions;
  must_pause boolean := false;
begin
  select * into j from jobs where id = new.job_id and deleted_at is null;
  if not found then
    return null;
  end if;
  perform from job_executions e
    where e.job_id = new.job_id and e.status = 'SUCCESS' and e.execution_time > new.execution_time and e.trigger <> 'CALLBACK'
    limit 1;
  if not found then
    -- The lock waits for a tick that reports the recovery, and for another failure of the job.
    select * into earlier from failing_jobs where job_id = new.job_id for update;
    if found then
      select * into success
        from job_executions e
       where e.job_id = new.job_id and e.status = 'SUCCESS' and e.trigger <> 'CALLBACK'
         and e.execution_time > earlier.last_failed_time and e.execution_time < new.execution_time
       order by e.execution_time
       limit 1;
      if found then
        perform report_execution(
          'job.recovered', j, success, earlier.failures_in_a_row, earlier.failing_since, false, new.updated_at);
        delete from failing_jobs where job_id = new.job_id;
      end if;
    end if;
    insert into failing_jobs as f (job_id, failures_in_a_row, failing_since, last_failed_time)
    values (new.job_id, 1, new.updated_at, new.execution_time)
        on conflict (job_id) do update
       set failures_in_a_row = f.failures_in_a_row + 1,
           last_failed_time = greatest(f.last_failed_time, excluded.last_failed_time)
    returning * into counted;
    must_pause := coalesce(
      j.is_active and counted.failures_in_a_row - counted.failures_before_resume >= j.pause_after_failures, false);
    if must_pause then
      update failing_jobs f set must_pause = true where f.job_id = new.job_id;
    end if;
  end if;
  perform report_execution('job.failed', j, new, coalesce(counted.failures_in_a_row, 1),
                           coalesce(counted.failing_since, new.updated_at), must_pause, new.updated_at);
  return null;
end
$$;

-- A CALLBACK that fails is not reported, and does not count.
create trigger note_failed_execution
  after update of status on job_executions
  for each row when (new.status = 'FAILED' and old.status <> 'FAILED' and new.trigger <> 'CALLBACK')
  execute function note_failed_execution();

-- A resume begins a new count for the next pause, and a deletion ends the count, also when the version before makes them.
create function follow_changed_job() returns trigger language plpgsql as $$
begin
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

create trigger follow_changed_job
  after update of is_active, deleted_at on jobs
  for each row when ((new.is_active and not old.is_active) or (new.deleted_at is not null and old.deleted_at is null))
  execute function follow_changed_job();
