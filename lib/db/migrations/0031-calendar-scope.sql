-- The scope of keys that read the calendar, which has nothing of a job but its name and its times. The version before this
-- one reads and lists such keys, and lets them in nowhere.
alter table api_keys
  drop constraint api_keys_scopes_check,
  add constraint api_keys_scopes_check check (scopes <@ array['read', 'write', 'admin', 'calendar']);
