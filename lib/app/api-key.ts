import { createHash, randomBytes } from 'node:crypto';

const API_KEY = /^bfy_[\w-]{43}$/;

/** A new key: 256 random bits, of which only the hash is ever stored with us. */
export function createApiKey(): string {
  return `bfy_${randomBytes(32).toString('base64url')}`;
}

/** Whether a text has the form of a key that Belfry makes. A user's own may have any. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** What `api_keys` knows a key by: SHA-256. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
