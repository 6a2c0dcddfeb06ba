import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NONCE_BYTES, type SealedValue, TAG_BYTES } from '../domain/secret-headers.ts';
import type { KeyRing } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const SEALED = /^(v[12]):([\w-]{1,64}):([\w-]+)$/;
const gcm = { authTagLength: TAG_BYTES };

/**
 * Where a value belongs, as the version of its form has it. The text is authenticated with the value: a sealed value that
 * is moved cannot be opened. Versions must not share a text.
 */
export type Place = {
  /** Sealed by Belfry up to 0.1; still opened, never written. */
  v1: string;
  v2: string;
};

/** A value cannot be opened: its key is not there, or it is not what was sealed for this place. The reason is ours. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Encrypts a Latin-1 text with the current key, in the newest form, under a nonce of 96 random bits: good for some 2^32
 * values a key.
 */
export function seal({ current, keys }: KeyRing, text: string, place: Pick<Place, 'v2'>): SealedValue {
  const key = keys.get(current);
  if (key === undefined) throw new SealError(`the key ${current} is not there`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, gcm).setAAD(Buffer.from(place.v2));
  const sealed = [nonce, cipher.update(text, 'latin1'), cipher.final(), cipher.getAuthTag()];
  return { $secret: `v2:${current}:${Buffer.concat(sealed).toString('base64url')}` };
}

/** @throws SealError */
export function open({ keys }: KeyRing, sealed: SealedValue, place: Place): string {
  const { version, keyId, base64url } = parse(sealed);
  const key = keys.get(keyId);
  if (key === undefined)
    throw new SealError(keyId === '' ? 'it is not sealed' : `the key ${keyId} is not there`);
  const bytes = Buffer.from(base64url, 'base64url');
  // Bits that base64url leaves over at its end would be a change that goes unseen.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== base64url)
    throw new SealError('it is broken');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), gcm)
    .setAAD(Buffer.from(place[version]))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'latin1') + decipher.final('latin1')
    );
  } catch (cause) {
    throw new SealError('it was changed, or sealed for another job, header or origin of the URL', { cause });
  }
}

/** The id of the key that a value was sealed with; undefined when it is none of ours. */
export function keyIdOf({ $secret }: SealedValue): string | undefined {
  return SEALED.exec($secret)?.[2];
}

/** Whether a value has the newest form, under the current key. */
export function isSealedNow({ current }: KeyRing, { $secret }: SealedValue): boolean {
  return $secret.startsWith(`v2:${current}:`);
}

function parse({ $secret }: SealedValue): { version: keyof Place; keyId: string; base64url: string } {
  const [, version, keyId = '', base64url = ''] = SEALED.exec($secret) ?? [];
  return { version: version === 'v1' ? 'v1' : 'v2', keyId, base64url };
}
