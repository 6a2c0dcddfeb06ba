import type { Pool, Queryable } from '../../db/pool.ts';
import {
  drawSigningKeyId,
  endEarlierKeys,
  insertSigningKey,
  listSealedSigningKeys,
  lockSigningKeys,
  removeEndedKeys,
} from '../../db/signing-keys.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { By } from '../../domain/audit-log.ts';
import type { Clock } from '../../domain/clock.ts';
import { SigningKeyLimitError } from '../../domain/errors.ts';
import { type SigningKey, signingKeyLimits } from '../../domain/signing-key.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import { createSigningSecret } from '../../secrets/sign-request.ts';
import { audited } from '../audited.ts';
import type { KeepAnswer } from '../claim-request.ts';
import { openSecrets, ringFor, sealSecret } from './sealed-secret.ts';

type Deps = { pool: Pool; dataKeys: DataKeys; clock: Clock };

/** @param asked.overlapSeconds how long the earlier keys sign, too. @param asked.by the caller, for the audit log. */
export type CreateSigningKey = (
  asked: { overlapSeconds: number; by?: By | undefined },
  keepAnswer?: KeepAnswer<SigningKey>,
) => Promise<SigningKey>;

/**
 * Creates a key that signs requests. The earlier keys stop at the end of the overlap, or earlier if they were to stop before.
 *
 * @throws SigningKeyLimitError; UnavailableError
 */
export function makeCreateSigningKey({ pool, dataKeys, clock }: Deps): CreateSigningKey {
  return async ({ overlapSeconds, by }, keepAnswer) => {
    const ring = await dataKeys.get();
    const nowMs = clock.nowMs();
    const now = new Date(nowMs);
    const entryOf = ({ id }: SigningKey) => ({
      action: 'SIGNING_KEY_CREATED' as const,
      subject: 'signingKey' as const,
      subjectId: id,
      after: { overlapSeconds },
    });
    return audited(pool, { by, now, entryOf, keepAnswer }, async (tx) => {
      await lockSigningKeys(tx);
      const signing = await listSealedSigningKeys(tx, now);
      if (overlapSeconds > 0 && signing.length >= signingKeyLimits.signing)
        throw new SigningKeyLimitError(signingKeyLimits.signing);
      const created = await storeNewKey(tx, ring, now);
      await endEarlierKeys(tx, created.id, new Date(nowMs + overlapSeconds * 1_000));
      await removeEndedKeys(tx, now, signingKeyLimits.ended);
      return created;
    });
  };
}

/**
 * Creates the first key, unless there is a key that signs. Returns the id of the newest key. When several processes do this at
 * the same time, one of them creates the key. A key that can no longer be decrypted, because its data key was removed, does not
 * count: requests would be sent without a signature.
 *
 * @throws UnavailableError
 */
export async function ensureSigningKey({ pool, dataKeys, clock }: Deps): Promise<number> {
  const now = new Date(clock.nowMs());
  // Read before the transaction, which must not wait for Secrets Manager. It has the data keys of keys that exist now.
  const ring = await ringFor(dataKeys, await listSealedSigningKeys(pool, now));
  return inTransaction(pool, async (tx) => {
    await lockSigningKeys(tx);
    const { opened } = openSecrets(ring, await listSealedSigningKeys(tx, now));
    return opened[0]?.key.id ?? (await storeNewKey(tx, ring, now)).id;
  });
}

async function storeNewKey(tx: Queryable, ring: KeyRing, now: Date): Promise<SigningKey> {
  const id = await drawSigningKeyId(tx);
  return insertSigningKey(tx, { id, secret: sealSecret(ring, id, createSigningSecret()) }, now);
}
