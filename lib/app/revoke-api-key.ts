import type { Pool } from '../db/pool.ts';
import { type AdminKey, lockAdminKeys, revokeApiKey } from '../db/revoke-api-keys.ts';
import { inTransaction } from '../db/transaction.ts';
import { DEPLOYMENT_KEY_NAME, isExpired } from '../domain/api-key.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { ApiKeyNotFoundError, ApiKeyProtectedError } from '../domain/errors.ts';

export type RevokeApiKey = (id: number, by?: By) => Promise<void>;

/**
 * Revokes a key. Environments that have the key in their cache accept it for up to 5 s more. Two keys cannot be
 * revoked, so that no operator is locked out: the last key with the scope `admin`, and the deployment's own key, which
 * the next deploy would create again.
 *
 * @throws ApiKeyNotFoundError, also if the key was revoked before; ApiKeyProtectedError.
 */
export function makeRevokeApiKey({ pool, clock }: { pool: Pool; clock: Clock }): RevokeApiKey {
  return async (id, by) => {
    const nowMs = clock.nowMs();
    const isRevoked = await inTransaction(
      pool,
      async (tx) => {
        const reason = findReasonToKeep(id, await lockAdminKeys(tx), nowMs);
        if (reason !== undefined) throw new ApiKeyProtectedError(reason);
        return revokeApiKey(tx, id, new Date(nowMs));
      },
      { by },
    );
    if (!isRevoked) throw new ApiKeyNotFoundError(id);
  };
}

function findReasonToKeep(id: number, adminKeys: readonly AdminKey[], nowMs: number): string | undefined {
  const key = adminKeys.find((adminKey) => adminKey.id === id);
  if (key === undefined) return undefined;
  if (key.name === DEPLOYMENT_KEY_NAME)
    return 'this is the key of the deployment, which cannot be revoked; to replace it on AWS, put another key into its secret and deploy again; on one machine, delete the file api-key in the data directory and start Belfry again';
  // Expired keys do not count, because they give no access.
  const working = adminKeys.filter((adminKey) => !isExpired(adminKey, nowMs));
  const isLast = working.length === 1 && working[0]?.id === id;
  return isLast ? 'this is the last key with the scope "admin"; create another one first' : undefined;
}
