-- Labels of a job, for people and for filters. An empty list costs existing rows nothing.
alter table jobs
  add column tags jsonb not null default '[]' check (jsonb_typeof(tags) = 'array');

-- An index of the tags of live jobs that gives a page of a tag's jobs in the order of their ids, however many have it. A GIN
-- index would find the jobs of a tag in no order.
create table job_tags (
  tag text not null,
  job_id bigint not null,
  primary key (tag, job_id)
);

-- Serves the trigger below.
create index job_tags_by_job on job_tags (job_id);

-- A trigger, so that the version before, which does not know tags, keeps the index right when it deletes a job.
create function index_job_tags() returns trigger language plpgsql as $$
begin
  delete from job_tags where job_id = new.id;
  if new.deleted_at is null then
    insert into job_tags (tag, job_id) select distinct tag, new.id from jsonb_array_elements_text(new.tags) tag;
  end if;
  return null;
end
$$;

create trigger index_tags_of_new_job
  after insert on jobs
  for each row when (new.tags <> '[]')
  execute function index_job_tags();

create trigger index_tags_of_changed_job
  after update of tags, deleted_at on jobs
  for each row when (new.tags <> old.tags or (new.deleted_at is null) <> (old.deleted_at is null))
  execute function index_job_tags();
