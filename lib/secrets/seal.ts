import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NONCE_BYTES, type SealedValue, TAG_BYTES } from '../domain/secret-headers.ts';
import type { KeyRing } from './key-ring.ts';

const CIPHER = 'aes-256-gcm';
const SEALED = /^v1:([\w-]{1,64}):([\w-]+)$/;
const gcm = { authTagLength: TAG_BYTES };

/** A value cannot be opened: its key is not there, or it is not what was sealed for this place. The reason is ours. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Encrypts a Latin-1 text with the current key, under a nonce of 96 random bits: good for some 2^32 values a key.
 *
 * @param place where the value belongs. It is authenticated with it: a sealed value that is moved cannot be opened.
 */
export function seal({ current, keys }: KeyRing, text: string, place: string): SealedValue {
  const key = keys.get(current);
  if (key === undefined) throw new SealError(`the key ${current} is not there`);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, gcm).setAAD(Buffer.from(place));
  const sealed = [nonce, cipher.update(text, 'latin1'), cipher.final(), cipher.getAuthTag()];
  return { $secret: `v1:${current}:${Buffer.concat(sealed).toString('base64url')}` };
}

/** @throws SealError */
export function open({ keys }: KeyRing, { $secret }: SealedValue, place: string): string {
  const [, keyId = '', base64url = ''] = SEALED.exec($secret) ?? [];
  const key = keys.get(keyId);
  if (key === undefined)
    throw new SealError(keyId === '' ? 'it is not sealed' : `the key ${keyId} is not there`);
  const bytes = Buffer.from(base64url, 'base64url');
  // Bits that base64url leaves over at its end would be a change that goes unseen.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== base64url)
    throw new SealError('it is broken');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), gcm)
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'latin1') + decipher.final('latin1')
    );
  } catch (cause) {
    throw new SealError('it was changed, or sealed for another job or header', { cause });
  }
}

/** The id of the key that a value was sealed with; undefined when it is none of ours. */
export function keyIdOf({ $secret }: SealedValue): string | undefined {
  return SEALED.exec($secret)?.[1];
}
