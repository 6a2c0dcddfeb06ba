import type { SealedSigningKey } from '../../db/signing-keys.ts';
import type { SealedValue } from '../../domain/secret-headers.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import type { KeyRing } from '../../secrets/key-ring.ts';
import { keyIdOf, open, type Place, seal, SealError } from '../../secrets/seal.ts';

type SealedKey = Pick<SealedSigningKey, 'id' | 'secret'>;

/** An encrypted secret is bound to its key, so that it cannot be moved to another key or to a header. */
function placeOf(id: number): Place {
  // No secret of a signing key was ever encrypted in the form v1.
  return { v1: `belfry/signing-key/${id}`, v2: `belfry/v2/signing-key/${id}` };
}

export function sealSecret(ring: KeyRing, id: number, secret: string): SealedValue {
  return seal(ring, secret, placeOf(id));
}

/** Reads the key ring, again if it lacks the data key of a secret. @throws UnavailableError */
export function ringFor(dataKeys: DataKeys, keys: readonly SealedKey[]): Promise<KeyRing> {
  return dataKeys.having(keys.flatMap(({ secret }) => keyIdOf(secret) ?? []));
}

export type OpenedSecrets<Key> = {
  opened: { key: Key; secret: string }[];
  /** Keys whose data key is missing. */
  failed: { key: Key; error: SealError }[];
};

export function openSecrets<Key extends SealedKey>(ring: KeyRing, keys: readonly Key[]): OpenedSecrets<Key> {
  const secrets: OpenedSecrets<Key> = { opened: [], failed: [] };
  for (const key of keys) {
    try {
      secrets.opened.push({ key, secret: open(ring, key.secret, placeOf(key.id)) });
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      secrets.failed.push({ key, error });
    }
  }
  return secrets;
}
