-- One row for each attempt that failed, and for each attempt whose response is kept. A first attempt that succeeds needs
-- none: its facts are in the row of its execution. Rows are removed with the history of their day.
create table job_attempts (
  execution_id bigint not null,
  -- 1 is the first attempt.
  number integer not null check (number > 0),
  -- The execution time of the execution, for the retention.
  execution_time timestamptz not null,
  -- UNKNOWN: the worker vanished.
  status text not null check (status in ('SUCCESS', 'FAILED', 'UNKNOWN')),
  -- When the request left; null if it did not leave. For UNKNOWN: when the worker claimed the execution.
  started_at timestamptz,
  finished_at timestamptz not null,
  duration_ms integer,
  lateness_ms bigint,
  reason text,
  -- The code or name of the error of a connection, such as ECONNREFUSED.
  error_code text,
  error_message text,
  status_code smallint,
  is_connection_reused boolean,
  first_byte_ms integer,
  dns_ms integer,
  connect_ms integer,
  tls_ms integer,
  -- When the next attempt was planned; null if none was.
  retry_at timestamptz,
  -- Null if the response is not kept, or if there was none.
  response_headers json,
  response_body text,
  response_body_encoding text check (response_body_encoding in ('utf8', 'base64')),
  -- How many bytes of the body arrived. More than the body that is kept.
  response_body_bytes integer,
  primary key (execution_id, number)
);

-- Serves the removal of old rows.
create index job_attempts_by_time on job_attempts (execution_time);

alter table jobs
  add column keep_response text not null default 'failures' check (keep_response in ('failures', 'always', 'never')),
  add column is_traced boolean not null default true,
  -- The header `traceparent` of the request that created the job.
  add column created_traceparent text check (char_length(created_traceparent) <= 128);

alter table job_executions
  -- Who dispatched it after its execution time: TICK or API. Null if it was dispatched in time.
  add column late_dispatch_by text,
  -- When a tick last queued it again, because the queue had lost it.
  add column requeued_at timestamptz,
  -- How often, and for how long in total, workers put it off because its host had no room.
  add column snooze_count integer,
  add column snoozed_ms bigint,
  -- Why it gets no further attempt: a code of lib/domain/reason.ts.
  add column withdrawn_reason text;
