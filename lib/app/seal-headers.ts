import { originOf } from '../domain/origin.ts';
import { type HeaderValue, isSealed, makeIsSecret, type StoredHeaders } from '../domain/secret-headers.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { isSealedNow, keyIdOf, open, type Place, seal, SealError } from '../secrets/seal.ts';

/**
 * The headers of a job as they are stored. `secretHeaders` names further secret headers besides the well-known ones.
 */
type Headers = { headers: StoredHeaders; secretHeaders: readonly string[] };

export type JobToSeal = Headers & { id: number; api: string };

/**
 * Returns the place that an encrypted value is bound to: its job, its header and the origin of the URL. So anyone who
 * can write to the database or Redis cannot move a value to another job, header or origin: it could not be decrypted
 * there. The path of the URL and the case of the header's name may change.
 */
function placeOf({ id, api }: { id: number; api: string }, name: string): Place {
  const header = `header/${name.toLowerCase()}`;
  return { v1: `belfry/job/${id}/${header}`, v2: `belfry/v2/job/${id}/origin/${originOf(api)}/${header}` };
}

/** Tells whether a secret header is not encrypted yet. */
export function hasClearSecrets({ headers, secretHeaders }: Headers): boolean {
  const isSecret = makeIsSecret(secretHeaders);
  return Object.entries(headers).some(([name, value]) => !isSealed(value) && isSecret(name));
}

/** Returns the ids of the keys that the headers are encrypted with. */
export function keyIdsOf(headers: StoredHeaders): string[] {
  const values = Object.values(headers).filter((value) => isSealed(value));
  return [...new Set(values.flatMap((value) => keyIdOf(value) ?? []))];
}

/**
 * Encrypts secret headers that are unencrypted, or encrypted with an older key or by an older version of Belfry.
 * Headers that cannot be decrypted stay as they are, because a missing key may be restored later.
 */
export function sealHeaders(ring: KeyRing, job: JobToSeal): StoredHeaders {
  const { headers, secretHeaders } = job;
  const isSecret = makeIsSecret(secretHeaders);
  const sealOne = (name: string, value: HeaderValue): HeaderValue => {
    const place = placeOf(job, name);
    if (!isSealed(value)) return isSecret(name) ? seal(ring, value, place) : value;
    if (isSealedNow(ring, value)) return value;
    try {
      return seal(ring, open(ring, value, place), place);
    } catch (error) {
      if (error instanceof SealError) return value;
      throw error;
    }
  };
  // Assignment to an object would fail for a header with the name __proto__.
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, sealOne(name, value)]));
}

const MAX_NAME_SHOWN = 100;

/**
 * Decrypts the headers that are sent to a URL of the job.
 *
 * @throws SealError that contains the name of the header but not its value.
 */
export function openHeaders(
  ring: KeyRing,
  job: { id: number; api: string; headers: StoredHeaders },
): Record<string, string> {
  const entries = Object.entries(job.headers).map(([name, value]) => {
    if (!isSealed(value)) return [name, value] as const;
    try {
      return [name, open(ring, value, placeOf(job, name))] as const;
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
