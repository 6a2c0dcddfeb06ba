-- Executions that no schedule asks for: a person runs a job now or repeats an execution, or an execution is reported to a
-- URL. Each has an execution time with non-zero microseconds, which no occurrence of a schedule has: so it never takes the
-- place of an occurrence, and an occurrence never takes its place.
alter table job_executions
  add column trigger text not null default 'SCHEDULE',
  -- The execution that a REDRIVE repeats or a CALLBACK reports.
  add column origin_id bigint,
  -- Replaces the body of the job for this execution. It is kept as it was sent.
  add column request_body json,
  -- When a caller cancelled the execution while a request was under way, or cancelled it before it ran. No retry follows,
  -- no resume of the job revives it, and no tick dispatches its occurrence again.
  add column cancel_requested_at timestamptz;

-- Rows that exist have the default. Their check would read the whole history while the table is locked.
alter table job_executions
  add constraint job_executions_trigger
    check (trigger in ('SCHEDULE', 'MANUAL', 'REDRIVE', 'CALLBACK')) not valid;
