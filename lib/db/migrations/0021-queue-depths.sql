-- The highest values that ticks measured in each minute, 5 minutes, hour and day (UTC). A value is null while the service that it
-- comes from did not respond. Periods without a tick have no row.
create table queue_depths (
  period_seconds integer not null check (period_seconds in (60, 300, 3600, 86400)),
  starts_at timestamptz not null,
  ready integer,
  scheduled integer,
  retrying integer,
  processing integer,
  oldest_due_age_ms bigint,
  -- Serves the statistics and the retention.
  primary key (period_seconds, starts_at)
) with (fillfactor = 80);
