import { createHash, randomBytes } from 'node:crypto';

const API_KEY = /^bfy_[\w-]{43}$/;

/** Creates a key of 256 random bits. Belfry stores only its hash. */
export function createApiKey(): string {
  return `bfy_${randomBytes(32).toString('base64url')}`;
}

/** Tells whether a string has the form of a key that Belfry creates. A key that a user chose can have any form. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** Returns the SHA-256 hash by which `api_keys` identifies a key. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
