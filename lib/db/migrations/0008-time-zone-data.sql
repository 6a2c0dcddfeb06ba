-- One row: by which release of the time zone database the stored next times are computed. A tick that comes with a newer one
-- goes through all schedules, by the ids of their jobs, and over several ticks where there are many.
create table time_zone_data (
  is_only_row boolean primary key default true check (is_only_row),
  -- Such as 2026f; null until the first tick that knows this table.
  version text,
  -- Until then code with an older release may have computed next times.
  older_seen_at timestamptz not null,
  pass_started_at timestamptz not null,
  -- The job that the pass has come to; null when it is at its end.
  pass_job_id bigint,
  -- When a next time was last changed for new data; null: never.
  changed_at timestamptz
);

insert into time_zone_data (older_seen_at, pass_started_at) values ('epoch', 'epoch');
