import { insertApiKey } from '../db/api-keys.ts';
import type { Pool } from '../db/pool.ts';
import { freeExpiredName } from '../db/revoke-api-keys.ts';
import { inTransaction } from '../db/transaction.ts';
import { type ApiKey, checkNewApiKey, DEPLOYMENT_KEY_NAME, type NewApiKey } from '../domain/api-key.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { ApiKeyNameTakenError, ValidationError } from '../domain/errors.ts';
import type { KeepAnswer } from './claim-request.ts';
import { createApiKey, hashApiKey } from './api-key.ts';

/** Creates a key. Only this result contains the key itself. */
export type CreateApiKey = (
  asked: NewApiKey,
  by?: By,
  keepAnswer?: KeepAnswer<ApiKey>,
) => Promise<ApiKey & { key: string }>;

/**
 * Creates a key with any scopes, because a caller who can create keys has every scope. Only one valid key can have a
 * name. The name of the deployment's own key is reserved: the next deploy would replace any other key with that name.
 *
 * @throws ValidationError; ApiKeyNameTakenError.
 */
export function makeCreateApiKey({ pool, clock }: { pool: Pool; clock: Clock }): CreateApiKey {
  return async (asked, by, keepAnswer) => {
    const nowMs = clock.nowMs();
    const errors = checkNewApiKey(asked, nowMs);
    if (errors.length > 0) throw new ValidationError(errors);
    if (asked.name === DEPLOYMENT_KEY_NAME) throw new ApiKeyNameTakenError(asked.name, { isReserved: true });
    const key = createApiKey();
    const now = new Date(nowMs);
    const stored = await inTransaction(
      pool,
      async (tx) => {
        await freeExpiredName(tx, asked.name, now);
        const inserted = await insertApiKey(tx, { ...asked, keyHash: hashApiKey(key) }, now);
        if (inserted !== undefined) await keepAnswer?.(tx, inserted);
        return inserted;
      },
      { by },
    );
    if (stored === undefined) throw new ApiKeyNameTakenError(asked.name);
    return { ...stored, key };
  };
}
