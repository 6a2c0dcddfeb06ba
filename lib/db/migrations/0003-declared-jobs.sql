-- Jobs that stacks declare. A stack knows its job by a name, before there is an id and when the job was deleted behind its
-- back; the name in jobs is for people, may come twice, and may be changed by anybody.
create table declared_jobs (
  name text primary key check (char_length(name) between 1 and 200),
  -- The job that the name stands for: a deleted one, once it was deleted through the API, until it is declared again.
  job_id bigint not null unique references jobs (id),
  -- When the name came to stand for this job.
  declared_at timestamptz not null
);
