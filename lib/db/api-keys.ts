import type { Queryable } from './pool.ts';

export type ApiKey = { id: number; keyHash: Buffer; scopes: string[] };

const FIND_API_KEY = /* sql */ `
  select id, key_hash as "keyHash", scopes
    from api_keys
   where key_hash = $1`;

/** @param keyHash SHA-256 of the key. */
export async function findApiKey(db: Queryable, keyHash: Buffer): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>({ name: 'find_api_key', text: FIND_API_KEY, values: [keyHash] });
  return rows[0];
}

const PUT_API_KEY = /* sql */ `
  insert into api_keys (name, key_hash, scopes, created_at)
  values ($1, $2, $3, $4)
  on conflict (name) do update set key_hash = excluded.key_hash, scopes = excluded.scopes`;

/** Stores a key under a name; the key that had the name before no longer works. */
export async function putApiKey(
  db: Queryable,
  key: { name: string; keyHash: Buffer; scopes: readonly string[] },
  now: Date,
): Promise<void> {
  await db.query(PUT_API_KEY, [key.name, key.keyHash, key.scopes, now]);
}
