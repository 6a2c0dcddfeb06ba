-- The collation "C" compares bytes, so that the index below also serves the search for keys with a prefix.
alter table jobs
  -- The caller's own name of a job. A deleted job keeps it, and no longer takes it.
  add column key text collate "C" check (char_length(key) between 1 and 200),
  -- A label by which jobs are filtered and counted together.
  add column job_group text collate "C" check (char_length(job_group) between 1 and 64),
  -- The team, tool or stack that manages the job.
  add column owner text collate "C" check (char_length(owner) between 1 and 200),
  -- Counts all changes, including changes of labels, for the ETag of the API.
  add column version bigint not null default 1;

-- Serves the look-up by key, the search for keys with a prefix, and makes a key unique among live jobs.
create unique index jobs_live_key on jobs (key) where key is not null and deleted_at is null;

-- Serves the question which job had a key before, so that a deployment that is repeated finds its one-time job again.
create index jobs_deleted_key on jobs (key, id) where key is not null and deleted_at is not null;

-- A trigger, so that a change by the version before, which does not know the column, counts as well.
create function count_job_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;

create trigger count_version_of_changed_job
  before update of updated_at on jobs
  for each row execute function count_job_version();
