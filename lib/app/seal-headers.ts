import { originOf } from '../domain/origin.ts';
import { type HeaderValue, isSealed, makeIsSecret, type StoredHeaders } from '../domain/secret-headers.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { isSealedNow, keyIdOf, open, type Place, seal, SealError } from '../secrets/seal.ts';

/** A job's headers as they are to be stored, and which of them are secret beside those that are by their names. */
type Headers = { headers: StoredHeaders; secretHeaders: readonly string[] };

export type JobToSeal = Headers & { id: number; api: string };

/**
 * Whoever can write to the database or Redis can move a value to another job or header, or change the URL that it is sent
 * to: then it cannot be opened. A path may change. The case of a header's name says nothing, and may change too.
 */
function placeOf({ id, api }: { id: number; api: string }, name: string): Place {
  const header = `header/${name.toLowerCase()}`;
  return { v1: `belfry/job/${id}/${header}`, v2: `belfry/v2/job/${id}/origin/${originOf(api)}/${header}` };
}

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
 * Seals what is secret and clear, and seals again what an older key sealed, or an older version of Belfry. What cannot be
 * opened stays as it is: a key that is not there may come back.
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
  // Not by assignment: a header may be called __proto__.
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, sealOne(name, value)]));
}

const MAX_NAME_SHOWN = 100;

/**
 * The headers as they are sent to a URL of the job.
 *
 * @throws SealError that names the header and shows nothing of its value.
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
