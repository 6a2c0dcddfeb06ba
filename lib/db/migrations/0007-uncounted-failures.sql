-- Executions that a tick ended FAILED, as their worker had vanished, and that today's statistics in Redis do not count yet. A row is
-- written with the end and deleted once Redis has counted it, so that a Redis that is away costs no count.
create table uncounted_failures (
  execution_id bigint primary key,
  failed_at timestamptz not null
);
