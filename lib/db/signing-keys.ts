import type { SealedValue } from '../domain/secret-headers.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { Queryable } from './pool.ts';

const COLUMNS = /* sql */ `
  id, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"`;

/** A key that signs, with its encrypted secret. */
export type SealedSigningKey = { id: number; secret: SealedValue; expiresAt: Date | null };

const LIST_SIGNING_KEYS = /* sql */ `
  select ${COLUMNS}
    from signing_keys
   where id > $2
   order by id
   limit $1`;

/** Lists a page of all keys that are kept, also ended ones, the oldest first. */
export async function listSigningKeys(
  db: Queryable,
  { limit, afterId }: { limit: number; afterId: number },
): Promise<{ items: SigningKey[]; hasMore: boolean }> {
  const { rows } = await db.query<SigningKey>(LIST_SIGNING_KEYS, [limit + 1, afterId]);
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

const LIST_SEALED_KEYS = /* sql */ `
  select id, secret, expires_at as "expiresAt"
    from signing_keys
   where secret is not null
     and (expires_at is null or expires_at > $1)
   order by id desc`;

/** Lists the keys that sign, the newest first. Their number is limited where keys are created. */
export async function listSealedSigningKeys(db: Queryable, now: Date): Promise<SealedSigningKey[]> {
  const { rows } = await db.query<SealedSigningKey>({
    name: 'list_sealed_signing_keys',
    text: LIST_SEALED_KEYS,
    values: [now],
  });
  return rows;
}

/**
 * Locks the keys against changes until the transaction ends. They can still be read. So two callers cannot both create
 * the first key, exceed the limit, or revoke the last two keys.
 */
export async function lockSigningKeys(tx: Queryable): Promise<void> {
  await tx.query(/* sql */ `lock table signing_keys in exclusive mode`);
}

/** Draws an id for a key, to which its encrypted secret is bound. */
export async function drawSigningKeyId(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ id: number }>(/* sql */ `select nextval('signing_key_ids') as id`);
  const [row] = rows;
  if (row === undefined) throw new Error('no id was drawn');
  return row.id;
}

const INSERT_SIGNING_KEY = /* sql */ `
  insert into signing_keys (id, secret, created_at) values ($1, $2, $3) returning ${COLUMNS}`;

export async function insertSigningKey(
  tx: Queryable,
  { id, secret }: { id: number; secret: SealedValue },
  now: Date,
): Promise<SigningKey> {
  const { rows } = await tx.query<SigningKey>(INSERT_SIGNING_KEY, [id, JSON.stringify(secret), now]);
  const [row] = rows;
  if (row === undefined) throw new Error('a signing key was stored and did not come back');
  return row;
}

const END_EARLIER_KEYS = /* sql */ `
  update signing_keys
     set expires_at = $2
   where id <> $1
     and (expires_at is null or expires_at > $2)`;

/** Lets the other keys sign until the instant at most. */
export async function endEarlierKeys(tx: Queryable, newId: number, expiresAt: Date): Promise<void> {
  await tx.query(END_EARLIER_KEYS, [newId, expiresAt]);
}

const REMOVE_ENDED_KEYS = /* sql */ `
  delete from signing_keys
   where id in (select id from signing_keys where expires_at <= $1 order by id desc offset $2)`;

/** Removes ended keys, except for the latest ones. */
export async function removeEndedKeys(tx: Queryable, now: Date, keep: number): Promise<void> {
  await tx.query(REMOVE_ENDED_KEYS, [now, keep]);
}

const REVOKE_SIGNING_KEY = /* sql */ `
  update signing_keys
     set expires_at = $2, revoked_at = $2, secret = null
   where id = $1`;

/** Ends a key at once, and removes its secret. */
export async function revokeSigningKey(tx: Queryable, id: number, now: Date): Promise<void> {
  await tx.query(REVOKE_SIGNING_KEY, [id, now]);
}

const REPLACE_SECRET = /* sql */ `
  update signing_keys set secret = $3 where id = $1 and secret::text = $2`;

const LIST_SECRETS = /* sql */ `
  select id, secret::text as text from signing_keys where secret is not null order by id`;

/** Lists the encrypted secrets of all keys, also of ended ones, as JSON. */
export async function listSigningSecrets(db: Queryable): Promise<{ id: number; text: string }[]> {
  const { rows } = await db.query<{ id: number; text: string }>(LIST_SECRETS);
  return rows;
}

/** Replaces a secret that has not changed since it was read. Returns false if it has changed. */
export async function replaceSigningSecret(
  db: Queryable,
  { id, before, after }: { id: number; before: string; after: SealedValue },
): Promise<boolean> {
  const { rowCount } = await db.query(REPLACE_SECRET, [id, before, JSON.stringify(after)]);
  return rowCount === 1;
}
