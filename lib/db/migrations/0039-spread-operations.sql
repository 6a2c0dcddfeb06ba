-- The action that gives each job a time of its own within a window. A version before, which does not know it, leaves such an
-- operation as it is.
alter table operations drop constraint operations_action_check;
alter table operations add constraint operations_action_check
  check (action in ('pause', 'resume', 'delete', 'run', 'tag', 'group', 'spread', 'redrive'));
