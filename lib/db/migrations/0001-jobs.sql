-- Ids come from plain sequences: a batch draws its ids before it inserts, and a partitioned table takes them on every
-- version of PostgreSQL.
create sequence job_ids;
create sequence job_execution_ids;

create table jobs (
  id bigint primary key default nextval('job_ids'),
  -- Counts the changes of a job. An execution remembers the revision it was dispatched for, so that a worker never
  -- sends a request from a payload that is out of date.
  revision integer not null default 1,
  name text,
  description text,
  schedule text not null,
  time_zone text not null,
  api text not null,
  method text not null,
  headers json not null,
  body json not null,
  type text not null check (type in ('AT_LEAST_ONCE', 'AT_MOST_ONCE')),
  is_recurring boolean not null,
  max_retry_count integer not null check (max_retry_count >= 0),
  timeout_ms integer not null check (timeout_ms between 1 and 90000),
  is_active boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  check (type = 'AT_LEAST_ONCE' or max_retry_count = 0)
);

-- Serves the list and its total: jobs that are not deleted, in the order of their ids.
create index jobs_listed on jobs (id) where deleted_at is null;

-- A job has a row here while an occurrence is to come: paused, deleted and finished jobs have none, so that the tick
-- reads nothing it does not dispatch.
create table job_schedules (
  id bigint generated always as identity primary key,
  job_id bigint not null unique references jobs (id),
  next_execution_time timestamptz not null,
  created_at timestamptz not null
);

-- Serves the tick: what is due first, first.
create index job_schedules_due on job_schedules (next_execution_time);

create table job_executions (
  id bigint not null default nextval('job_execution_ids'),
  -- No foreign key: it would lock the job's row once for every execution, and jobs are never removed.
  job_id bigint not null,
  job_revision integer not null,
  status text not null
    check (status in ('SCHEDULED', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED')),
  execution_time timestamptz not null,
  -- When the next attempt is due: the execution time at first, the end of the backoff later.
  due_at timestamptz not null,
  execution_duration integer,
  retry_count integer not null default 0,
  error_message text,
  started_at timestamptz,
  claim_token uuid,
  lease_expires_at timestamptz,
  -- Set when the job was paused or deleted while an attempt was out: no retry follows it.
  is_withdrawn boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, execution_time),
  unique (job_id, execution_time),
  check ((status = 'RUNNING') = (claim_token is not null)),
  check ((status = 'RUNNING') = (lease_expires_at is not null))
) partition by range (execution_time);

-- Catches what no partition was made for, so that a late scheduler loses nothing.
create table job_executions_default partition of job_executions default;

-- Serves the reconciliation: what waits to be run, earliest first.
create index job_executions_waiting on job_executions (due_at, id) where status in ('SCHEDULED', 'RETRYING');

-- Serves the reconciliation: claims whose worker vanished.
create index job_executions_leases on job_executions (lease_expires_at) where status = 'RUNNING';

-- Serves the history by status, and taking back what a changed job had dispatched.
create index job_executions_by_status on job_executions (job_id, status, execution_time);

create table api_keys (
  id bigint generated always as identity primary key,
  name text not null unique,
  -- SHA-256 of the key; the key itself is stored nowhere.
  key_hash bytea not null unique check (octet_length(key_hash) = 32),
  scopes text[] not null check (scopes <@ array['read', 'write', 'admin']),
  created_at timestamptz not null
);
