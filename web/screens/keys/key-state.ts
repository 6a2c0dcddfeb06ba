import type { ApiKey, SigningKey } from '../../api/types.ts';

/** Whether a key still counts, and why not. */
export function stateOfKey(
  { expiresAt, revokedAt }: Pick<ApiKey | SigningKey, 'expiresAt' | 'revokedAt'>,
  now: Date,
): 'VALID' | 'EXPIRED' | 'REVOKED' {
  if (revokedAt !== null) return 'REVOKED';
  return expiresAt !== null && Date.parse(expiresAt) <= now.getTime() ? 'EXPIRED' : 'VALID';
}

const UNUSED_MS = 90 * 86_400_000;

/** Tells whether a key with the scope admin has not been used for 90 days: it can do everything and is missed by no one. */
export const isForgotten = ({ scopes, createdAt, lastUsedAt }: ApiKey, now: Date): boolean =>
  scopes.includes('admin') && now.getTime() - Date.parse(lastUsedAt ?? createdAt) > UNUSED_MS;
