-- Requests to hosts that have ended, by 5 minutes (UTC). A worker environment adds what it has counted at the end of a run, once a
-- minute at most. The numbers are for people, and not exact: what an environment counted last is lost when it ends.
create table host_outcomes (
  starts_at timestamptz not null,
  -- Without a port, in lower case.
  host text not null,
  requests integer not null check (requests > 0),
  failed integer not null,
  timed_out integer not null,
  duration_sum_ms bigint not null,
  duration_max_ms integer not null,
  -- Serves the list of the slowest hosts, single hosts, and the retention.
  primary key (starts_at, host)
) with (fillfactor = 80);
