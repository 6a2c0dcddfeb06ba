-- These serve the retention of revoked and expired keys.
create index revoked_api_keys_by_time on revoked_api_keys (revoked_at);
create index api_keys_by_expiry on api_keys (expires_at) where expires_at is not null;
