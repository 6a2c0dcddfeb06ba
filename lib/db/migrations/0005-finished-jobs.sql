-- Whether the only run of a job that does not recur has begun, so that no later pause and resume runs it again. It is
-- kept here because the history, which could tell as well, is removed after its retention.
alter table jobs add column has_run boolean not null default false;
