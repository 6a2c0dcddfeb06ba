alter table api_keys
  -- When it stops working; null: never.
  add column expires_at timestamptz,
  -- To a minute.
  add column last_used_at timestamptz,
  -- Null: the limit of the deployment.
  add column rate_limit_per_second integer check (rate_limit_per_second > 0);

-- Keys that were revoked or replaced, for an audit. A table of their own: the names become free, the look-up finds only what
-- lets in, and so does that of the version before this one, after a deploy that is rolled back.
create table revoked_api_keys (
  id bigint primary key,
  name text not null,
  -- Tells which key a leaked text was.
  key_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  rate_limit_per_second integer,
  revoked_at timestamptz not null
);
