import { isDeepStrictEqual } from 'node:util';
import type { JobChanges, JobDescription } from '../domain/job.ts';
import { fieldNames } from '../domain/job-fields.ts';
import { isSealed, makeIsSecret, type StoredHeaders } from '../domain/secret-headers.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { SealError } from '../secrets/seal.ts';
import { hasClearSecrets, type JobToSeal, openHeaders, sealHeaders } from './seal-headers.ts';

type Changed = JobDescription & JobToSeal;

export type Sealing = {
  /** Encrypts the headers of the changed job. */
  seal: (changed: Changed) => StoredHeaders;
  /** Tells whether the changed job is described as the stored one. Secrets are compared by their values. */
  isSame: (stored: JobDescription & { id: number }, changed: Changed) => boolean;
};

/**
 * Reads the keys before the transaction begins, so that the transaction does not wait for Secrets Manager. While the keys
 * are unavailable, only a change that contains a secret fails: a job can still be paused.
 */
export async function prepareToSeal(dataKeys: DataKeys, changes: JobChanges): Promise<Sealing> {
  const bringsHeaders = changes.headers !== undefined || changes.secretHeaders !== undefined;
  try {
    const ring = await dataKeys.get();
    return {
      seal: (changed) => sealHeaders(ring, changed),
      isSame: (stored, changed) =>
        hasSameFields(stored, changed) && hasSameHeaders(() => opened(ring, stored), stored, changed),
    };
  } catch (error) {
    return {
      seal: (changed) => {
        if (bringsHeaders && hasClearSecrets(changed)) throw error;
        return changed.headers;
      },
      isSame: (stored, changed) =>
        hasSameFields(stored, changed) &&
        hasSameHeaders(
          () => {
            throw error;
          },
          stored,
          changed,
        ),
    };
  }
}

const hasSameFields = (stored: JobDescription, changed: JobDescription): boolean =>
  fieldNames.every((name) => name === 'headers' || isDeepStrictEqual(stored[name], changed[name]));

/** Compares headers in any order. The stored secrets are opened only when the changed job brings a secret. */
function hasSameHeaders(
  open: () => Record<string, string> | undefined,
  stored: { headers: StoredHeaders },
  { headers, secretHeaders }: JobToSeal,
): boolean {
  const before = new Map(Object.entries(stored.headers));
  const after = Object.entries(headers);
  if (after.length !== before.size) return false;
  const isSecret = makeIsSecret(secretHeaders);
  let clear: Record<string, string> | undefined;
  return after.every(([name, value]) => {
    const known = before.get(name);
    if (known === undefined || isSealed(value) || !isSealed(known)) {
      return isDeepStrictEqual(known, value) && isSealed(value) === isSecret(name);
    }
    clear ??= open();
    return isSecret(name) && clear !== undefined && clear[name] === value;
  });
}

/** Returns the decrypted headers; undefined if a key is missing. */
function opened(ring: KeyRing, stored: JobDescription & { id: number }): Record<string, string> | undefined {
  try {
    return openHeaders(ring, stored);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
