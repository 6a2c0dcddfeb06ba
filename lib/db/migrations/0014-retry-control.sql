alter table jobs
  -- How long retries wait. Null: 1 s, 2 s, 4 s … 5 min.
  add column retry json,
  -- No attempt begins later than this after the execution time. Null: no limit.
  add column max_age_seconds integer check (max_age_seconds > 0),
  -- Status codes after which no retry follows. Null: 410.
  add column stop_on json,
  -- Which responses are a success. Null: the statuses 200 to 299.
  add column success json;

-- How often an execution was put off because its target asked for it (Retry-After) and no retry was spent. There is no
-- check, because it would read every execution that exists.
alter table job_executions
  add column put_off_count integer not null default 0;
