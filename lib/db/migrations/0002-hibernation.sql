-- One row, read and written only where hibernation is configured: whether the minute tick is on.
create table hibernation (
  is_only_row boolean primary key default true check (is_only_row),
  state text not null check (state in ('awake', 'falling_asleep', 'asleep', 'resuming')),
  -- When the one-time schedule ticks. Kept while awake too, until it has passed: a tick then looks whether all is well.
  sleeps_until timestamptz,
  -- Until then a tick may still be about to turn the minute schedule off.
  settles_at timestamptz,
  -- Counts the changes: who changes the row names the revision that was read, so that nobody undoes another's change.
  revision bigint not null,
  changed_at timestamptz not null
);

insert into hibernation (state, revision, changed_at) values ('awake', 1, 'epoch');
