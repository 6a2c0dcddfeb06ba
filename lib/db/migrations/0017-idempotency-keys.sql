-- Requests with an Idempotency-Key, and their answers. A row is claimed before the request is served. Its answer is written in the
-- transaction of the change, so that after a crash either both exist or none. The tick removes rows after a day.
create table idempotency_keys (
  -- SHA-256 of the API key's id, the route and the caller's key.
  id bytea primary key check (octet_length(id) = 32),
  -- SHA-256 of the request. The request itself is not stored.
  request_hash bytea not null check (octet_length(request_hash) = 32),
  created_at timestamptz not null,
  -- Identifies the request that is under way, so that one that was slow cannot store its answer after another has taken over.
  claim_token uuid,
  claim_expires_at timestamptz,
  status_code smallint check (status_code between 200 and 499),
  headers json,
  body text,
  check ((claim_token is null) = (status_code is not null)),
  check ((claim_token is null) = (claim_expires_at is null)),
  check ((status_code is null) = (headers is null)),
  check ((status_code is null) = (body is null))
);

-- Serves the retention.
create index idempotency_keys_by_age on idempotency_keys (created_at);
