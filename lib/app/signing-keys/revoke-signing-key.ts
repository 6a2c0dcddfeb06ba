import type { Pool } from '../../db/pool.ts';
import { listSealedSigningKeys, lockSigningKeys, revokeSigningKey } from '../../db/signing-keys.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { Clock } from '../../domain/clock.ts';
import { SigningKeyNotFoundError, SigningKeyProtectedError } from '../../domain/errors.ts';

export type RevokeSigningKey = (id: number) => Promise<void>;

/**
 * Revokes a key and removes its secret. Workers stop using it within a minute. The last key cannot be revoked, because requests
 * would be sent without a signature.
 *
 * @throws SigningKeyNotFoundError if the key does not exist or no longer signs; SigningKeyProtectedError.
 */
export function makeRevokeSigningKey({ pool, clock }: { pool: Pool; clock: Clock }): RevokeSigningKey {
  return (id) =>
    inTransaction(pool, async (tx) => {
      await lockSigningKeys(tx);
      const now = new Date(clock.nowMs());
      const signing = await listSealedSigningKeys(tx, now);
      if (!signing.some((key) => key.id === id)) throw new SigningKeyNotFoundError(id);
      if (signing.length === 1) throw new SigningKeyProtectedError(id);
      await revokeSigningKey(tx, id, now);
    });
}
