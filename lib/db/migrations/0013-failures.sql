-- Failures by cause: what failed in the same way, at the same host and on a path of the same shape.
create table failure_groups (
  id bigint generated always as identity primary key,
  -- SHA-256 of the cause.
  fingerprint bytea not null unique check (octet_length(fingerprint) = 32),
  host text not null,
  path text not null,
  reason text,
  status_code integer,
  message text not null,
  executions bigint not null,
  jobs integer not null,
  first_failed_at timestamptz not null,
  last_failed_at timestamptz not null,
  sample_execution_id bigint not null,
  sample_job_id bigint not null
);

-- Serves the list, the latest failure first, and the retention.
create index failure_groups_by_time on failure_groups (last_failed_at, id);

-- The jobs of a group, with the last execution of each that failed in this way. A redrive repeats that one.
create table failure_jobs (
  group_id bigint not null,
  job_id bigint not null,
  executions bigint not null,
  last_failed_at timestamptz not null,
  last_execution_id bigint not null,
  last_execution_time timestamptz not null,
  primary key (group_id, job_id)
);

-- Executions that have failed and are in no group yet. A row is written with the outcome, and deleted by the tick that adds the
-- execution to its group.
create table ungrouped_failures (
  execution_id bigint primary key,
  execution_time timestamptz not null
);
