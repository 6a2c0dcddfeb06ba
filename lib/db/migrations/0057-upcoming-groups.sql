-- The schedules behind the runs of `upcoming_load`, so that the busiest minutes can be described without a count.
-- When the groups were counted. They belong to the runs if both instants are the same: a version that does not know the groups replaces the
-- runs alone.
alter table upcoming_load add column groups_counted_at timestamptz;

create table upcoming_groups (
  -- 0 to 1439: the groups of jobs that may run in this minute of the day, in UTC. 1440: those that run in many minutes of the day.
  minute_of_day smallint primary key check (minute_of_day between 0 and 1440),
  -- The groups with the most runs, in the order of these. Text is kept as it was written, so that it can be compared.
  list json not null
);
