-- What is known about an execution. All columns are nullable, so they cost existing rows nothing, and the version before
-- writes rows without them.
alter table job_executions
  -- When it ended: SUCCESS, FAILED or CANCELLED.
  add column finished_at timestamptz,
  -- How long after its execution time the first request left.
  add column lateness_ms integer,
  -- Of the last attempt that got an answer.
  add column status_code smallint,
  -- Why it failed, waits for a retry or was cancelled: a code of lib/domain/reason.ts.
  add column reason text,
  -- Times of the last attempt, in milliseconds. A reused connection has only the time to the first byte.
  add column first_byte_ms integer,
  add column dns_ms integer,
  add column connect_ms integer,
  add column tls_ms integer;
