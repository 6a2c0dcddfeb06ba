alter table job_executions
  -- How often, and for how long in total, workers put it off because its origin had asked for a pause.
  add column held_back_count integer,
  add column held_back_ms bigint;
