import type { Queryable } from './pool.ts';

// Locks the rows in a fixed order. When two callers revoke the last two keys, one of them waits, and then sees that
// only one key is left.
const LOCK_ADMIN_KEYS = /* sql */ `
  select id, name, expires_at as "expiresAt"
    from api_keys
   where 'admin' = any(scopes)
   order by id
     for update`;

export type AdminKey = { id: number; name: string; expiresAt: Date | null };

/** Locks the keys with the scope `admin` until the transaction ends. Expired keys are included. */
export async function lockAdminKeys(tx: Queryable): Promise<AdminKey[]> {
  const { rows } = await tx.query<AdminKey>(LOCK_ADMIN_KEYS);
  return rows;
}

/** The columns that are kept of a revoked or expired key. */
export const REVOKED_COLUMNS = /* sql */ `
  id, name, key_hash, scopes, created_at, expires_at, last_used_at, rate_limit_per_second`;

const REVOKE_API_KEY = /* sql */ `
  with revoked as (
    delete from api_keys where id = $1 returning ${REVOKED_COLUMNS}
  )
  insert into revoked_api_keys (${REVOKED_COLUMNS}, revoked_at)
  select ${REVOKED_COLUMNS}, $2 from revoked
  returning id`;

/** Revokes a key. Returns false if there is no such key, or if it is already revoked. */
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

/** Frees the name of a key that has expired, by revoking the key. */
export async function freeExpiredName(tx: Queryable, name: string, now: Date): Promise<void> {
  await tx.query(FREE_NAME, [name, now]);
}

const DELETE_OLD_REVOKED = /* sql */ `
  delete from revoked_api_keys
   where id in (select id from revoked_api_keys where revoked_at < $1 order by revoked_at limit $2)`;

/** Deletes keys that were revoked before an instant, at most `limit`. Returns their number. */
export async function deleteOldRevokedKeys(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_revoked_keys',
    text: DELETE_OLD_REVOKED,
    values: [before, limit],
  });
  return rowCount ?? 0;
}

const DELETE_OLD_EXPIRED = /* sql */ `
  delete from api_keys
   where id in (select id from api_keys where expires_at < $1 order by expires_at limit $2)`;

/** Deletes keys that expired before an instant and were not revoked, at most `limit`. Returns their number. */
export async function deleteOldExpiredKeys(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_expired_keys',
    text: DELETE_OLD_EXPIRED,
    values: [before, limit],
  });
  return rowCount ?? 0;
}
