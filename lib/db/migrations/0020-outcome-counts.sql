-- Outcomes that no tick has folded into outcome_counts yet. The statement that ends executions, or sends them to a retry, adds a row
-- for each minute, group and status of its batch. No row is ever updated, so that workers never wait for each other. It has no index:
-- a fold takes any rows, and deletes them.
create table outcome_batches (
  minute timestamptz not null,
  -- The group of the jobs; null for jobs without one.
  job_group text,
  -- RETRYING counts failed attempts that are retried.
  status text not null check (status in ('SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRYING')),
  executions integer not null check (executions > 0),
  -- One value for each execution whose request was sent, in no order.
  durations_ms integer[] not null,
  latenesses_ms integer[] not null
);

-- Outcomes by the minute, 5 minutes, hour and day (UTC) in which they were recorded.
create table outcome_counts (
  -- 'all' counts all jobs, 'none' jobs without a group, 'group:NAME' one group, 'other' the groups above the limit.
  series text not null,
  period_seconds integer not null check (period_seconds in (60, 300, 3600, 86400)),
  starts_at timestamptz not null,
  status text not null check (status in ('SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRYING')),
  executions bigint not null,
  duration_sum_ms bigint not null,
  duration_max_ms integer not null,
  -- Counts by buckets of fixed bounds (lib/domain/roll-up/buckets.ts), up to the last bucket that is not empty.
  durations integer[] not null,
  lateness_sum_ms bigint not null,
  lateness_max_ms integer not null,
  latenesses integer[] not null,
  -- Serves the statistics: one series of one period, in the order of time.
  primary key (series, period_seconds, starts_at, status)
) with (fillfactor = 80);

-- Serves the retention.
create index outcome_counts_old on outcome_counts (period_seconds, starts_at);

-- Outcomes since the first one. They never decrease, as Prometheus expects of counters.
create table outcome_totals (
  -- As in outcome_counts, without 'all'.
  series text not null,
  status text not null check (status in ('SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRYING')),
  executions bigint not null,
  duration_sum_ms bigint not null,
  durations bigint[] not null,
  lateness_sum_ms bigint not null,
  latenesses bigint[] not null,
  -- The latest minute with an outcome. A group without outcomes for long makes room for another one.
  last_minute timestamptz not null,
  primary key (series, status)
) with (fillfactor = 80);

-- One row: how far the folds have come.
create table outcome_folds (
  is_only_row boolean primary key default true check (is_only_row),
  -- Every outcome that was recorded before this instant is in outcome_counts; null before the first fold.
  counted_until timestamptz
);

insert into outcome_folds default values;

-- Adds two arrays of counts place by place. The shorter one is filled up with zeros.
create function add_counts(anyarray, anyarray) returns anyarray language sql immutable parallel safe as $$
  select coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) order by place), $1)
    from unnest($1, $2) with ordinality both_counts (a, b, place)
$$;
