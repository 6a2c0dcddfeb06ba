import { listSealedSigningKeys } from '../../db/signing-keys.ts';
import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import { type SigningKey, signingKeyOf } from '../../secrets/sign-request.ts';
import { openSecrets, ringFor } from '../signing-keys/sealed-secret.ts';

/** Age after which the keys are read again in the background. */
const FRESH_MS = 30_000;
/** Age after which claims wait for the keys. So a revoked key signs for at most this long. */
const TOO_OLD_MS = 60_000;
/** How long claims wait for keys that are unknown or too old. */
const WAIT_MS = 3_000;
/** How long a failed read is not repeated, and a read without an answer is not waited for again. */
const RETRY_MS = 10_000;

export type SigningKeys = {
  /** Starts to read keys that are unknown or old, so that the first claim of a run seldom waits. */
  prepare: () => void;
  /**
   * Resolves when attempts may be claimed; undefined if they may at once, as nearly always. A claimed execution must not wait: its
   * lease runs, and no other worker can send it. It never rejects.
   */
  ready: () => Promise<void> | undefined;
  /** The keys that sign now, the newest first. */
  get: () => readonly SigningKey[];
};

type Known = { key: SigningKey; expiresAtMs: number };

/**
 * Makes the cache of the signing keys of a worker environment. If the keys cannot be read, the known ones stay in use, also
 * after their end: the receiver decides whether it accepts them. If no key was ever read, there is none, and requests are sent
 * without a signature. A receiver that verifies refuses them, and all others are served. Not to send them would help no target.
 */
export function makeSigningKeys(deps: {
  pool: Pool;
  dataKeys: DataKeys;
  clock: Clock;
  logger: Logger;
}): SigningKeys {
  const { pool, dataKeys, clock, logger } = deps;
  let known: readonly Known[] = [];
  let signing: readonly SigningKey[] = [];
  let staleFromMs = -Infinity;
  let tooOldFromMs = -Infinity;
  let noWaitUntilMs = -Infinity;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      const sealed = await listSealedSigningKeys(pool, new Date(clock.nowMs()));
      const ring = sealed.length === 0 ? undefined : await ringFor(dataKeys, sealed);
      const { opened, failed } = ring === undefined ? { opened: [], failed: [] } : openSecrets(ring, sealed);
      for (const { key, error } of failed)
        logger.error('signing_key_not_opened', { signingKeyId: key.id, error: errorField(error) });
      known = opened.map(({ key, secret }) => ({
        key: signingKeyOf(secret),
        expiresAtMs: key.expiresAt?.getTime() ?? Infinity,
      }));
      signing = known.map(({ key }) => key);
      staleFromMs = clock.nowMs() + FRESH_MS;
      tooOldFromMs = clock.nowMs() + TOO_OLD_MS;
    } catch (error) {
      logger.error('signing_keys_not_read', { error: errorField(error) });
      staleFromMs = clock.nowMs() + RETRY_MS;
      tooOldFromMs = clock.nowMs() + RETRY_MS;
    } finally {
      reading = undefined;
    }
  };

  /** Removes ended keys, unless no other is left. */
  const removeEnded = (nowMs: number): void => {
    if (known.every(({ expiresAtMs }) => nowMs < expiresAtMs)) return;
    const left = known.filter(({ expiresAtMs }) => nowMs < expiresAtMs);
    if (left.length === 0) return;
    known = left;
    signing = left.map(({ key }) => key);
  };

  const waitFor = async (work: Promise<void>): Promise<void> => {
    const waiting = new AbortController();
    await Promise.race([work, clock.sleepUntil(clock.nowMs() + WAIT_MS, waiting.signal)]);
    waiting.abort();
    noWaitUntilMs = clock.nowMs() + RETRY_MS;
  };

  return {
    prepare: () => {
      if (clock.nowMs() >= staleFromMs) reading ??= read();
    },
    ready: () => {
      const nowMs = clock.nowMs();
      if (nowMs < staleFromMs) return undefined;
      reading ??= read();
      return nowMs < tooOldFromMs || nowMs < noWaitUntilMs ? undefined : waitFor(reading);
    },
    get: () => {
      removeEnded(clock.nowMs());
      return signing;
    },
  };
}
