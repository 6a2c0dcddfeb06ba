import type { Pool } from '../../db/pool.ts';
import { listSealedSigningKeys } from '../../db/signing-keys.ts';
import type { Clock } from '../../domain/clock.ts';
import { SigningKeyNotFoundError, SigningKeyUnreadableError } from '../../domain/errors.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import { openSecrets, ringFor } from './sealed-secret.ts';

export type ReadSigningSecret = (id: number) => Promise<string>;

/**
 * Reads the secret of a key that signs. A receiver needs it to verify signatures, also a receiver that is added later, so it
 * can be read as often as needed.
 *
 * @throws SigningKeyNotFoundError; SigningKeyUnreadableError when its data key is missing; UnavailableError
 */
export function makeReadSigningSecret(deps: {
  pool: Pool;
  dataKeys: DataKeys;
  clock: Clock;
}): ReadSigningSecret {
  const { pool, dataKeys, clock } = deps;
  return async (id) => {
    const signing = await listSealedSigningKeys(pool, new Date(clock.nowMs()));
    const key = signing.find((candidate) => candidate.id === id);
    if (key === undefined) throw new SigningKeyNotFoundError(id);
    const { opened, failed } = openSecrets(await ringFor(dataKeys, [key]), [key]);
    const [first] = opened;
    if (first === undefined) throw new SigningKeyUnreadableError(id, { cause: failed[0]?.error });
    return first.secret;
  };
}
