import { insertAuditEntry } from '../../db/audit-log.ts';
import type { Pool, Queryable } from '../../db/pool.ts';
import { listSealedSigningKeys, lockSigningKeys, revokeSigningKey } from '../../db/signing-keys.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { By } from '../../domain/audit-log.ts';
import type { Clock } from '../../domain/clock.ts';
import { SigningKeyNotFoundError, SigningKeyProtectedError } from '../../domain/errors.ts';

export type RevokeSigningKey = (id: number, by?: By) => Promise<void>;

/**
 * Revokes a key and removes its secret. Workers stop using it within a minute. The last key cannot be revoked, because requests
 * would be sent without a signature.
 *
 * @throws SigningKeyNotFoundError if the key does not exist or no longer signs; SigningKeyProtectedError.
 */
export function makeRevokeSigningKey({ pool, clock }: { pool: Pool; clock: Clock }): RevokeSigningKey {
  return (id, by) => {
    const now = new Date(clock.nowMs());
    const entry = {
      action: 'SIGNING_KEY_REVOKED',
      subject: 'signingKey',
      subjectId: id,
      after: null,
    } as const;
    const revoke = async (tx: Queryable): Promise<void> => {
      await lockSigningKeys(tx);
      const signing = await listSealedSigningKeys(tx, now);
      if (!signing.some((key) => key.id === id)) throw new SigningKeyNotFoundError(id);
      if (signing.length === 1) throw new SigningKeyProtectedError(id);
      await revokeSigningKey(tx, id, now);
      await insertAuditEntry(tx, entry, now);
    };
    return inTransaction(pool, revoke, { by });
  };
}
