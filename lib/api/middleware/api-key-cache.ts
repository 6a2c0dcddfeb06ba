import { timingSafeEqual } from 'node:crypto';
import { hashApiKey } from '../../app/api-key.ts';
import type { FindApiKey } from '../../app/find-api-key.ts';
import { type ApiKeyAccess, isExpired } from '../../domain/api-key.ts';
import type { Clock } from '../../domain/clock.ts';

// A revoked key works for this long where it was in use; a new one that was tried too early fails for this long.
const KNOWN_TTL_MS = 5_000;
const UNKNOWN_TTL_MS = 1_000;
const MAX_ENTRIES = 1_000;
const MAX_KEY_LENGTH = 512;

type Entry = { apiKey: ApiKeyAccess | undefined; storedAtMs: number };

export type ResolveKey = (key: string) => Promise<ApiKeyAccess | undefined>;

/** Resolves a key as sent to what it allows; undefined when there is no such key, or when it has expired by the clock. */
export function makeApiKeyCache({ findApiKey, clock }: { findApiKey: FindApiKey; clock: Clock }): ResolveKey {
  // Two maps, so that a flood of wrong keys cannot push out the right ones.
  const known = new Map<string, Entry>();
  const unknown = new Map<string, Entry>();

  return async (key) => {
    if (key.length > MAX_KEY_LENGTH) return undefined;
    const keyHash = hashApiKey(key);
    const name = keyHash.toString('base64');
    const nowMs = clock.nowMs();
    const entry =
      fresh(known.get(name), nowMs, KNOWN_TTL_MS) ?? fresh(unknown.get(name), nowMs, UNKNOWN_TTL_MS);
    if (entry !== undefined) return working(entry.apiKey, nowMs);

    const found = await findApiKey(keyHash);
    const apiKey = found !== undefined && isSame(found.keyHash, keyHash) ? found : undefined;
    known.delete(name);
    unknown.delete(name);
    store(apiKey === undefined ? unknown : known, name, { apiKey, storedAtMs: nowMs });
    return working(apiKey, nowMs);
  };
}

function working(apiKey: ApiKeyAccess | undefined, nowMs: number): ApiKeyAccess | undefined {
  return apiKey === undefined || isExpired(apiKey, nowMs) ? undefined : apiKey;
}

// From the future is stale too: a clock that stepped back must not keep a revoked key alive.
function fresh(entry: Entry | undefined, nowMs: number, ttlMs: number): Entry | undefined {
  if (entry === undefined) return undefined;
  const ageMs = nowMs - entry.storedAtMs;
  return ageMs >= 0 && ageMs < ttlMs ? entry : undefined;
}

// A map keeps the order of insertion: its first entry is the oldest.
function store(entries: Map<string, Entry>, name: string, entry: Entry): void {
  const [oldest] = entries.keys();
  if (entries.size >= MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
  entries.set(name, entry);
}

// The look-up has compared already, and leaks nothing that would help (see lib/db/api-keys.ts). This one is the decision, so
// that no collation, wrong index or wrong row there can let anybody in.
const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
