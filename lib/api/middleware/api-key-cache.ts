import { timingSafeEqual } from 'node:crypto';
import { hashApiKey } from '../../app/api-key.ts';
import type { FindApiKey } from '../../app/find-api-key.ts';
import { type ApiKeyAccess, isExpired } from '../../domain/api-key.ts';
import type { Clock } from '../../domain/clock.ts';
import { makeTtlCache } from '../../domain/ttl-cache.ts';

// A revoked key works for this long where it was in use; a new one that was tried too early fails for this long.
const KNOWN_TTL_MS = 5_000;
const UNKNOWN_TTL_MS = 1_000;
const MAX_ENTRIES = 1_000;
const MAX_KEY_LENGTH = 512;

export type ResolveKey = (key: string) => Promise<ApiKeyAccess | undefined>;

/** Resolves a key as sent to what it allows; undefined when there is no such key, or when it has expired by the clock. */
export function makeApiKeyCache({ findApiKey, clock }: { findApiKey: FindApiKey; clock: Clock }): ResolveKey {
  // Two caches, so that a flood of wrong keys cannot push out the right ones.
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

// The look-up has compared already, and leaks nothing that would help (see lib/db/api-keys.ts). This one is the decision, so
// that no collation, wrong index or wrong row there can let anybody in.
const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
