-- A group of failures can be ignored until an instant, or marked as resolved. A later failure reopens a resolved group by itself:
-- its last failure is after `resolved_at`. No statement that adds failures writes these columns.
alter table failure_groups
  add column ignored_until timestamptz,
  add column resolved_at timestamptz,
  add constraint failure_groups_one_state check (ignored_until is null or resolved_at is null);

-- How many executions of a group have failed on each day in UTC. The days go with their group, and with the retention.
create table failure_days (
  group_id bigint not null references failure_groups on delete cascade,
  day date not null,
  executions bigint not null,
  primary key (group_id, day)
);

-- Serves the retention.
create index failure_days_by_day on failure_days (day);
