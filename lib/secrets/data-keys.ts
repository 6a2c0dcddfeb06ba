import { readFile } from 'node:fs/promises';
import type { DataKeysConfig } from '../config/data-keys.ts';
import type { Clock } from '../domain/clock.ts';
import { makeTtlCache } from '../domain/ttl-cache.ts';
import type { FetchSecret } from './fetch-secret.ts';
import { makeFreshValue } from './fresh-value.ts';
import { type KeyRing, parseKeyRing } from './key-ring.ts';

/**
 * Reads the keys of secret headers, which may be rotated at any time.
 *
 * Both functions throw UnavailableError if no ring can be read, and Error if the stored text is not a key ring.
 */
export type DataKeys = {
  /** Resolves with the ring: at most five minutes old, or older while it cannot be read. */
  get: () => Promise<KeyRing>;
  /** Resolves with the ring, and reads it again if one of these keys is missing. The key may still be missing afterwards. */
  having: (keyIds: readonly string[]) => Promise<KeyRing>;
};

/** How long a missing key is not looked for again. During this time everything that needs the key fails at once. */
const MISSING_MS = 10_000;
const MAX_MISSING = 100;

export function makeDataKeys(deps: {
  readText: () => Promise<string>;
  name: string;
  clock: Clock;
}): DataKeys {
  const { readText, name, clock } = deps;
  const ring = makeFreshValue({ read: async () => parse(await readText(), name), clock });
  const missing = makeTtlCache<true>({ maxEntries: MAX_MISSING, ttlMs: MISSING_MS });

  const isLookedFor = (known: KeyRing, keyId: string): boolean =>
    !known.keys.has(keyId) && missing.get(keyId, clock.nowMs()) === undefined;

  return {
    get: ring.get,
    having: async (keyIds) => {
      const known = await ring.get();
      const wanted = keyIds.filter((keyId) => isLookedFor(known, keyId));
      if (wanted.length === 0) return known;
      const read = await ring.readAgain();
      for (const keyId of wanted) {
        if (!read.keys.has(keyId)) missing.set(keyId, true, clock.nowMs());
      }
      return read;
    },
  };
}

/** Opens the data keys at the place that the configuration names: a file or a secret. */
export function openDataKeys(
  config: DataKeysConfig,
  { fetchSecret, clock }: { fetchSecret: FetchSecret; clock: Clock },
): DataKeys {
  if (config.kind === 'file')
    return makeDataKeys({
      readText: () => readFile(config.path, 'utf8'),
      name: 'BELFRY_DATA_KEYS_FILE',
      clock,
    });
  const { secretArn } = config;
  return makeDataKeys({ readText: () => fetchSecret(secretArn), name: `the secret ${secretArn}`, clock });
}

function parse(text: string, name: string): KeyRing {
  const ring = parseKeyRing(text);
  if (ring === undefined) throw new Error(`${name} holds no key ring`);
  return ring;
}
