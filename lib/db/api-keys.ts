import type { ApiKey, ApiKeyAccess, NewApiKey } from '../domain/api-key.ts';
import type { By } from '../domain/audit-log.ts';
import { toSetting } from './audit-log.ts';
import { MAX_TOTAL, toTotal, type Total } from '../domain/total.ts';
import type { Listed } from './list-jobs.ts';
import type { Queryable } from './pool.ts';
import { REVOKED_COLUMNS } from './revoke-api-keys.ts';

// Uses the unique index on the hash, so the duration reveals something about how a hash compares with the stored
// hashes. An attacker cannot use this: a caller cannot choose the hash of a key, and a complete hash does not reveal
// the 256 random bits of its key.
const FIND_API_KEY = /* sql */ `
  select id, name, key_hash as "keyHash", scopes, expires_at as "expiresAt",
         rate_limit_per_second as "rateLimitPerSecond", last_used_at as "lastUsedAt"
    from api_keys
   where key_hash = $1`;

/**
 * Finds a key. The key may have expired, but is not revoked.
 *
 * @param keyHash the SHA-256 hash of the key.
 */
export async function findApiKey(
  db: Queryable,
  keyHash: Buffer,
): Promise<(ApiKeyAccess & Pick<ApiKey, 'lastUsedAt'>) | undefined> {
  const { rows } = await db.query<ApiKeyAccess & Pick<ApiKey, 'lastUsedAt'>>({
    name: 'find_api_key',
    text: FIND_API_KEY,
    values: [keyHash],
  });
  return rows[0];
}

// Skips the row if it is locked: another request stores the use, or the key is being revoked. No request waits for
// that.
const NOTE_API_KEY_USE = /* sql */ `
  update api_keys
     set last_used_at = $2
   where id = (select id from api_keys where id = $1 and (last_used_at is null or last_used_at < $2)
                  for update skip locked)`;

export async function noteApiKeyUse(db: Queryable, id: number, now: Date): Promise<void> {
  await db.query({ name: 'note_api_key_use', text: NOTE_API_KEY_USE, values: [id, now] });
}

const API_KEY_COLUMNS = /* sql */ `
  id, name, scopes, expires_at as "expiresAt", rate_limit_per_second as "rateLimitPerSecond",
  created_at as "createdAt", last_used_at as "lastUsedAt"`;

const LIST_API_KEYS = /* sql */ `
  select ${API_KEY_COLUMNS}, null::timestamptz as "revokedAt" from api_keys where id > $3
  union all
  select ${API_KEY_COLUMNS}, revoked_at from revoked_api_keys where id > $3
   order by id
   limit $1 offset $2`;

const COUNT_API_KEYS = /* sql */ `
  select count(*) as count
    from (select from api_keys union all select from revoked_api_keys limit $1) k`;

/** Counts all keys, including revoked ones, up to the maximum of a total. */
export async function countApiKeys(db: Queryable): Promise<Total> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_api_keys',
    text: COUNT_API_KEYS,
    values: [MAX_TOTAL + 1],
  });
  return toTotal(rows[0]?.count ?? 0);
}

/** Lists a page of all keys, including revoked ones, the oldest first. */
export async function listApiKeys(
  db: Queryable,
  { limit, offset, afterId = 0 }: { limit: number; offset: number; afterId?: number },
): Promise<Listed<ApiKey>> {
  const { rows } = await db.query<ApiKey>({
    name: 'list_api_keys',
    text: LIST_API_KEYS,
    values: [limit + 1, offset, afterId],
  });
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

const INSERT_API_KEY = /* sql */ `
  insert into api_keys (name, key_hash, scopes, expires_at, rate_limit_per_second, created_at)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (name) do nothing
  returning ${API_KEY_COLUMNS}, null::timestamptz as "revokedAt"`;

/** Stores a new key. Returns undefined when another key has the name. */
export async function insertApiKey(
  db: Queryable,
  key: NewApiKey & { keyHash: Buffer },
  now: Date,
): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>(INSERT_API_KEY, [
    key.name,
    key.keyHash,
    key.scopes,
    key.expiresAt,
    key.rateLimitPerSecond,
    now,
  ]);
  return rows[0];
}

// Tells the audit log who makes the change. The planner keeps the subquery, because its function is volatile.
const SETTING_BY_5 = /* sql */ `(select set_config('belfry.by', $5::text, true) as made_by)`;

// Two of these statements at the same time keep the previous key only once. A key with another hash gets another id,
// and inherits nothing from the previous key, for example no rate limit.
const PUT_API_KEY = /* sql */ `
  with kept as (
    insert into revoked_api_keys (${REVOKED_COLUMNS}, revoked_at)
    select ${REVOKED_COLUMNS}, $4 from api_keys where name = $1 and (key_hash, scopes) is distinct from ($2, $3::text[])
    on conflict (id) do nothing
  )
  insert into api_keys (name, key_hash, scopes, created_at)
  select $1, $2, $3::text[], $4
    from ${SETTING_BY_5} b
  on conflict (name) do update
     set id = default, key_hash = excluded.key_hash, scopes = excluded.scopes, created_at = excluded.created_at,
         expires_at = null, last_used_at = null, rate_limit_per_second = null
   where (api_keys.key_hash, api_keys.scopes) is distinct from (excluded.key_hash, excluded.scopes)`;

/** Stores a key under a name. The previous key with this name no longer works. */
export async function putApiKey(
  db: Queryable,
  key: { name: string; keyHash: Buffer; scopes: readonly string[] },
  now: Date,
  by?: By,
): Promise<void> {
  await db.query(PUT_API_KEY, [key.name, key.keyHash, key.scopes, now, toSetting(by)]);
}
