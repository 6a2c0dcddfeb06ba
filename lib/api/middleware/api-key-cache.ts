import { timingSafeEqual } from 'node:crypto';
import { hashApiKey } from '../../app/api-key.ts';
import type { FindApiKey } from '../../app/find-api-key.ts';
import { type ApiKeyAccess, isExpired } from '../../domain/api-key.ts';
import type { Clock } from '../../domain/clock.ts';
import { makeTtlCache } from '../../domain/ttl-cache.ts';

// A revoked key works for up to KNOWN_TTL_MS in environments that have used it. A new key that was used before it
// existed fails for up to UNKNOWN_TTL_MS.
const KNOWN_TTL_MS = 5_000;
const UNKNOWN_TTL_MS = 1_000;
const MAX_ENTRIES = 1_000;
const MAX_KEY_LENGTH = 512;

export type ResolveKey = (key: string) => Promise<ApiKeyAccess | undefined>;

/** Makes a function that finds the access rights of a key. It returns undefined for unknown and for expired keys. */
export function makeApiKeyCache({ findApiKey, clock }: { findApiKey: FindApiKey; clock: Clock }): ResolveKey {
  // There are two caches, so that many wrong keys cannot replace the valid ones.
  const known = makeTtlCache<ApiKeyAccess>({ maxEntries: MAX_ENTRIES, ttlMs: KNOWN_TTL_MS });
  const unknown = makeTtlCache<true>({ maxEntries: MAX_ENTRIES, ttlMs: UNKNOWN_TTL_MS });

  return async (key) => {
    if (key.length > MAX_KEY_LENGTH) return undefined;
    const keyHash = hashApiKey(key);
    const name = keyHash.toString('base64');
    const nowMs = clock.nowMs();
    const kept = known.get(name, nowMs);
    if (kept !== undefined) return working(kept, nowMs);
    if (unknown.get(name, nowMs)) return undefined;

    const found = await findApiKey(keyHash);
    known.delete(name);
    unknown.delete(name);
    if (found === undefined || !isSame(found.keyHash, keyHash)) {
      unknown.set(name, true, nowMs);
      return undefined;
    }
    known.set(name, found, nowMs);
    return working(found, nowMs);
  };
}

const working = (apiKey: ApiKeyAccess, nowMs: number): ApiKeyAccess | undefined =>
  isExpired(apiKey, nowMs) ? undefined : apiKey;

// The database has compared the hashes already, and its timing reveals nothing useful (see lib/db/api-keys.ts). But
// this comparison decides, so that no collation, broken index or wrong row in the database can give access.
const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
