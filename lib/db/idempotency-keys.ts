import type { Queryable } from './pool.ts';

export type StoredAnswer = { statusCode: number; headers: Record<string, string>; body: string };

export type KnownRequest = {
  requestHash: Buffer;
  /** When the claim of a request that is under way ends. Null once it is answered. */
  claimExpiresAt: Date | null;
  statusCode: number | null;
  headers: Record<string, string> | null;
  body: string | null;
};

// A row is replaced when it is older than the retention, or when the same request was claimed before and the claim has
// ended, because its function died before it changed anything.
const CLAIM_KEY = /* sql */ `
  insert into idempotency_keys as k (id, request_hash, claim_token, claim_expires_at, created_at)
  values ($1, $2, $3, $4, $5)
  on conflict (id) do update
     set request_hash = excluded.request_hash, claim_token = excluded.claim_token,
         claim_expires_at = excluded.claim_expires_at, created_at = excluded.created_at,
         status_code = null, headers = null, body = null
   where k.created_at <= $6
      or (k.request_hash = excluded.request_hash and k.claim_expires_at <= excluded.created_at)`;

/** Claims a key for a request. Returns false if another request has the key. */
export async function claimKey(
  db: Queryable,
  request: {
    id: Buffer;
    requestHash: Buffer;
    token: string;
    now: Date;
    claimExpiresAt: Date;
    /** A key that was first sent at this instant or earlier is free. */
    expiredAt: Date;
  },
): Promise<boolean> {
  const { id, requestHash, token, now, claimExpiresAt, expiredAt } = request;
  const { rowCount } = await db.query({
    name: 'claim_idempotency_key',
    text: CLAIM_KEY,
    values: [id, requestHash, token, claimExpiresAt, now, expiredAt],
  });
  return rowCount === 1;
}

const FIND_REQUEST = /* sql */ `
  select request_hash as "requestHash", claim_expires_at as "claimExpiresAt", status_code as "statusCode", headers, body
    from idempotency_keys
   where id = $1`;

export async function findRequest(db: Queryable, id: Buffer): Promise<KnownRequest | undefined> {
  const { rows } = await db.query<KnownRequest>({
    name: 'find_idempotency_key',
    text: FIND_REQUEST,
    values: [id],
  });
  return rows[0];
}

const KEEP_ANSWER = /* sql */ `
  update idempotency_keys
     set status_code = $3, headers = $4::json, body = $5, claim_token = null, claim_expires_at = null
   where id = $1
     and claim_token = $2`;

/** Stores the answer of a request. Returns false if another request has taken over the key. */
export async function keepAnswer(
  tx: Queryable,
  { id, token }: { id: Buffer; token: string },
  { statusCode, headers, body }: StoredAnswer,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'keep_answer',
    text: KEEP_ANSWER,
    values: [id, token, statusCode, JSON.stringify(headers), body],
  });
  return rowCount === 1;
}

/** Frees the key of a request that changed nothing. */
export async function releaseKey(db: Queryable, { id, token }: { id: Buffer; token: string }): Promise<void> {
  await db.query({
    name: 'release_idempotency_key',
    text: /* sql */ `delete from idempotency_keys where id = $1 and claim_token = $2`,
    values: [id, token],
  });
}

// The array makes the plan look up each id. With `in`, a plan without statistics reads the whole table.
const DELETE_OLD_KEYS = /* sql */ `
  delete from idempotency_keys
   where id = any(array(
           select id
             from idempotency_keys
            where created_at <= $1
            order by created_at
            limit $2
              for update skip locked
         ))`;

/** Deletes up to `limit` keys that were first sent at the instant or earlier. Returns their number. */
export async function deleteOldKeys(db: Queryable, expiredAt: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'delete_old_idempotency_keys',
    text: DELETE_OLD_KEYS,
    values: [expiredAt, limit],
  });
  return rowCount ?? 0;
}
