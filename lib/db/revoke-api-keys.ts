import type { Queryable } from './pool.ts';

// Locked in one order, so that of two who revoke the last two of them one waits, and then sees what the other has left.
const LOCK_ADMIN_KEYS = /* sql */ `
  select id, name, expires_at as "expiresAt"
    from api_keys
   where 'admin' = any(scopes)
   order by id
     for update`;

export type AdminKey = { id: number; name: string; expiresAt: Date | null };

/** The keys with the scope admin, expired ones too, held until the transaction ends. */
export async function lockAdminKeys(tx: Queryable): Promise<AdminKey[]> {
  const { rows } = await tx.query<AdminKey>(LOCK_ADMIN_KEYS);
  return rows;
}

/** What is kept of a key that lets nobody in any more. */
export const REVOKED_COLUMNS = /* sql */ `
  id, name, key_hash, scopes, created_at, expires_at, last_used_at, rate_limit_per_second`;

const REVOKE_API_KEY = /* sql */ `
  with revoked as (
    delete from api_keys where id = $1 returning ${REVOKED_COLUMNS}
  )
  insert into revoked_api_keys (${REVOKED_COLUMNS}, revoked_at)
  select ${REVOKED_COLUMNS}, $2 from revoked
  returning id`;

/** False when there is no such key, or no longer. */
export async function revokeApiKey(tx: Queryable, id: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query(REVOKE_API_KEY, [id, now]);
  return rowCount === 1;
}

const FREE_NAME = /* sql */ `
  with expired as (
    delete from api_keys where name = $1 and expires_at <= $2 returning ${REVOKED_COLUMNS}
  )
  insert into revoked_api_keys (${REVOKED_COLUMNS}, revoked_at)
  select ${REVOKED_COLUMNS}, $2 from expired`;

/** Takes the name from a key that has expired. */
export async function freeExpiredName(tx: Queryable, name: string, now: Date): Promise<void> {
  await tx.query(FREE_NAME, [name, now]);
}
