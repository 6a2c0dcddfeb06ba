-- One row: the runs of all active jobs in each minute of the next weeks, as a tick counted them. A tick replaces it.
-- A version that does not know the table leaves the row as it is. Readers look at its age.
create table upcoming_load (
  is_only_row boolean primary key default true check (is_only_row),
  -- When a tick last began to count. A count that fails is not tried again in each tick.
  tried_at timestamptz not null,
  -- Null until a first count has ended.
  counted_at timestamptz,
  starts_at timestamptz,
  ends_at timestamptz,
  jobs integer,
  -- The jobs among them that recur. The others run once.
  recurring_jobs integer,
  is_exact boolean,
  -- The runs in each minute from `starts_at` on, and how many of them belong to jobs that run once.
  per_minute integer[],
  single_per_minute integer[],
  check (num_nulls(counted_at, starts_at, ends_at, jobs, recurring_jobs, is_exact, per_minute, single_per_minute) in (0, 8))
);

insert into upcoming_load (tried_at) values ('epoch');
