import { type HeaderValue, isSealed, makeIsSecret, type StoredHeaders } from '../domain/secret-headers.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { keyIdOf, open, seal, SealError } from '../secrets/seal.ts';

/** A job's headers as they are to be stored, and which of them are secret beside those that are by their names. */
type Headers = { headers: StoredHeaders; secretHeaders: readonly string[] };

// Moved to another job or another header, by who can write into the database or Redis, it cannot be opened. The case of a
// name says nothing, and may change.
const placeOf = (jobId: number, name: string): string => `belfry/job/${jobId}/header/${name.toLowerCase()}`;

/** Whether a secret among them is still clear. */
export function hasClearSecrets({ headers, secretHeaders }: Headers): boolean {
  const isSecret = makeIsSecret(secretHeaders);
  return Object.entries(headers).some(([name, value]) => !isSealed(value) && isSecret(name));
}

/** The ids of the keys that some of them are sealed with. */
export function keyIdsOf(headers: StoredHeaders): string[] {
  const values = Object.values(headers).filter((value) => isSealed(value));
  return [...new Set(values.flatMap((value) => keyIdOf(value) ?? []))];
}

/**
 * Seals what is secret and clear, and seals anew what an older key sealed. What cannot be opened stays as it is: a key that
 * is not there may come back.
 */
export function sealHeaders(
  ring: KeyRing,
  jobId: number,
  { headers, secretHeaders }: Headers,
): StoredHeaders {
  const isSecret = makeIsSecret(secretHeaders);
  const sealOne = (name: string, value: HeaderValue): HeaderValue => {
    const place = placeOf(jobId, name);
    if (!isSealed(value)) return isSecret(name) ? seal(ring, value, place) : value;
    const keyId = keyIdOf(value);
    if (keyId === undefined || keyId === ring.current || !ring.keys.has(keyId)) return value;
    try {
      return seal(ring, open(ring, value, place), place);
    } catch (error) {
      if (error instanceof SealError) return value;
      throw error;
    }
  };
  // Not by assignment: a header may be called __proto__.
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, sealOne(name, value)]));
}

const MAX_NAME_SHOWN = 100;

/** The headers as they are sent. @throws SealError that names the header and shows nothing of its value. */
export function openHeaders(ring: KeyRing, jobId: number, headers: StoredHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    if (!isSealed(value)) return [name, value] as const;
    try {
      return [name, open(ring, value, placeOf(jobId, name))] as const;
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      const shown = name.slice(0, MAX_NAME_SHOWN);
      throw new SealError(`the secret header ${shown} cannot be decrypted: ${error.message}`, {
        cause: error,
      });
    }
  });
  return Object.fromEntries(entries);
}
