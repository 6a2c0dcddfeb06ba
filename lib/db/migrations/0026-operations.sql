-- Operations on all jobs that match a filter. The tick runs them in batches, in the order of the jobs' ids.
create table operations (
  id bigint generated always as identity primary key,
  action text not null check (action in ('pause', 'resume', 'delete', 'run', 'tag', 'redrive')),
  filter jsonb not null,
  -- What the action needs besides: the tags to add and to remove.
  parameters jsonb not null,
  -- Who asked for it, as in the audit log, and why.
  made_by jsonb not null,
  state text not null check (state in ('RUNNING', 'DONE', 'ABORTED')),
  rate_per_second integer not null check (rate_per_second between 1 and 1000),
  -- Jobs that were created later are not touched.
  max_job_id bigint not null,
  -- The job that the operation has come to.
  after_job_id bigint not null,
  -- Until when the rate allows what was done.
  paced_until timestamptz not null,
  matched integer not null,
  is_matched_capped boolean not null,
  done integer not null default 0,
  -- Jobs that were in the wanted state already, or gone.
  skipped integer not null default 0,
  failed integer not null default 0,
  -- The first failures: [{"jobId": …, "code": …, "message": …}].
  failures jsonb not null default '[]',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'RUNNING') = (finished_at is null))
);

-- Serves the tick: the operation that may go on first. It holds nearly nothing.
create index operations_running on operations (paced_until) where state = 'RUNNING';

-- Serves the retention.
create index operations_finished on operations (finished_at) where state <> 'RUNNING';
