import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NONCE_BYTES, type SealedValue, TAG_BYTES } from '../domain/secret-headers.ts';
import type { KeyRing } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const SEALED = /^(v[12]):([\w-]{1,64}):([\w-]+)$/;
const gcm = { authTagLength: TAG_BYTES };

/**
 * The place that a value belongs to, as a text for each version of the sealed form. The text is authenticated with the value:
 * a sealed value that was moved to another place cannot be opened. Two versions must not have the same text.
 */
export type Place = {
  /** Written by Belfry up to 0.1. Values of this version can still be opened, but are never written. */
  v1: string;
  v2: string;
};

/**
 * Thrown if a value cannot be opened: its key is missing, or the value was not sealed for this place. The message is written
 * by Belfry and contains no secret.
 */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Encrypts a Latin-1 text with the current key, in the newest form. The nonce has 96 random bits, which is safe for about
 * 2^32 values a key.
 */
export function seal({ current, keys }: KeyRing, text: string, place: Pick<Place, 'v2'>): SealedValue {
  const key = keys.get(current);
  if (key === undefined) throw new SealError(`the key ${current} is missing`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, gcm).setAAD(Buffer.from(place.v2));
  const sealed = [nonce, cipher.update(text, 'latin1'), cipher.final(), cipher.getAuthTag()];
  return { $secret: `v2:${current}:${Buffer.concat(sealed).toString('base64url')}` };
}

/** Decrypts a sealed value. @throws SealError */
export function open({ keys }: KeyRing, sealed: SealedValue, place: Place): string {
  const { version, keyId, base64url } = parse(sealed);
  const key = keys.get(keyId);
  if (key === undefined)
    throw new SealError(keyId === '' ? 'the value is not encrypted' : `the key ${keyId} is missing`);
  const bytes = Buffer.from(base64url, 'base64url');
  // The last base64url character may have unused bits. A change in them would go unnoticed without the comparison.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== base64url)
    throw new SealError('the value is damaged');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), gcm)
    .setAAD(Buffer.from(place[version]))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'latin1') + decipher.final('latin1')
    );
  } catch (cause) {
    throw new SealError('it was changed, or encrypted for another job, header or origin of the URL', {
      cause,
    });
  }
}

/** Returns the id of the key that sealed a value; undefined if the value does not have a sealed form. */
export function keyIdOf({ $secret }: SealedValue): string | undefined {
  return SEALED.exec($secret)?.[2];
}

/** Returns true if a value has the newest form and was sealed with the current key. */
export function isSealedNow({ current }: KeyRing, { $secret }: SealedValue): boolean {
  return $secret.startsWith(`v2:${current}:`);
}

function parse({ $secret }: SealedValue): { version: keyof Place; keyId: string; base64url: string } {
  const [, version, keyId = '', base64url = ''] = SEALED.exec($secret) ?? [];
  return { version: version === 'v1' ? 'v1' : 'v2', keyId, base64url };
}
