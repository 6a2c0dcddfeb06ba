-- Drawn before a key is stored, because the encrypted secret is bound to the id.
create sequence signing_key_ids;

-- Keys that sign requests. Ended keys are kept for an audit; creating a key removes all but the latest of them.
create table signing_keys (
  id bigint primary key default nextval('signing_key_ids'),
  -- Encrypted with a data key, and removed when the key is revoked.
  secret json,
  created_at timestamptz not null,
  -- When the key stops signing; null for a key that was not replaced.
  expires_at timestamptz,
  revoked_at timestamptz,
  check ((secret is null) = (revoked_at is not null))
);
