import type { Pool } from '../db/pool.ts';
import { type AdminKey, lockAdminKeys, revokeApiKey } from '../db/revoke-api-keys.ts';
import { inTransaction } from '../db/transaction.ts';
import { DEPLOYMENT_KEY_NAME, isExpired } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import { ApiKeyNotFoundError, ApiKeyProtectedError } from '../domain/errors.ts';

export type RevokeApiKey = (id: number) => Promise<void>;

/**
 * Revokes a key. Environments that have it in their cache let it in for 5 s more. Nobody is locked out: the deployment's own
 * key stays, since it would be back after the next deploy, and so does the last key that may manage keys.
 *
 * @throws ApiKeyNotFoundError, of a key that was revoked before too; ApiKeyProtectedError.
 */
export function makeRevokeApiKey({ pool, clock }: { pool: Pool; clock: Clock }): RevokeApiKey {
  return async (id) => {
    const nowMs = clock.nowMs();
    const isRevoked = await inTransaction(pool, async (tx) => {
      const reason = findReasonToKeep(id, await lockAdminKeys(tx), nowMs);
      if (reason !== undefined) throw new ApiKeyProtectedError(reason);
      return revokeApiKey(tx, id, new Date(nowMs));
    });
    if (!isRevoked) throw new ApiKeyNotFoundError(id);
  };
}

function findReasonToKeep(id: number, adminKeys: readonly AdminKey[], nowMs: number): string | undefined {
  const key = adminKeys.find((adminKey) => adminKey.id === id);
  if (key === undefined) return undefined;
  if (key.name === DEPLOYMENT_KEY_NAME)
    return 'the deployment keeps this key; put another into its secret and deploy again';
  // One that has expired lets nobody in: that it goes changes nothing, and that it stays does not help.
  const working = adminKeys.filter((adminKey) => !isExpired(adminKey, nowMs));
  const isLast = working.length === 1 && working[0]?.id === id;
  return isLast ? 'this is the last key with the scope "admin"; make another first' : undefined;
}
