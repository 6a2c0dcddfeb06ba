import { readFile } from 'node:fs/promises';
import type { DataKeysConfig } from '../config/data-keys.ts';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from './fetch-secret.ts';
import { makeFreshValue } from './fresh-value.ts';
import { type KeyRing, parseKeyRing } from './key-ring.ts';

/** The keys of secret headers, which may be rotated at any time. Both throw UnavailableError, or Error for no ring. */
export type DataKeys = {
  /** At most five minutes old, or older while it cannot be read. */
  get: () => Promise<KeyRing>;
  /** The same, read anew where it lacks one of these keys. It may lack it still. */
  having: (keyIds: readonly string[]) => Promise<KeyRing>;
};

/** A key that was missing just now is not looked for again so soon: everything that needs it fails, each by itself. */
const MISSING_MS = 10_000;
const MAX_MISSING = 100;

export function makeDataKeys(deps: {
  readText: () => Promise<string>;
  name: string;
  clock: Clock;
}): DataKeys {
  const { readText, name, clock } = deps;
  const ring = makeFreshValue({ read: async () => parse(await readText(), name), clock });
  const missingUntilMs = new Map<string, number>();

  const isLookedFor = (known: KeyRing, keyId: string): boolean =>
    !known.keys.has(keyId) && clock.nowMs() >= (missingUntilMs.get(keyId) ?? 0);

  return {
    get: ring.get,
    having: async (keyIds) => {
      const known = await ring.get();
      const wanted = keyIds.filter((keyId) => isLookedFor(known, keyId));
      if (wanted.length === 0) return known;
      const read = await ring.readAgain();
      if (missingUntilMs.size > MAX_MISSING) missingUntilMs.clear();
      for (const keyId of wanted) {
        if (!read.keys.has(keyId)) missingUntilMs.set(keyId, clock.nowMs() + MISSING_MS);
      }
      return read;
    },
  };
}

/** From where the configuration has them. */
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
