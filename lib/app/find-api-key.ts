import { findApiKey, noteApiKeyUse } from '../db/api-keys.ts';
import type { Queryable } from '../db/pool.ts';
import { type ApiKeyAccess, isExpired } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';

/** The resolution of the time of the last use. */
const USE_NOTED_EVERY_MS = 60_000;

export type FindApiKey = (keyHash: Buffer) => Promise<ApiKeyAccess | undefined>;

/**
 * Finds a key by its hash, and stores the time of its last use once a minute, for all environments together. It waits
 * for this commit, because a Lambda environment is frozen as soon as it has responded. So one request per minute takes
 * one commit longer. If the commit fails, the key still works.
 */
export function makeFindApiKey(deps: { pool: Queryable; clock: Clock; logger: Logger }): FindApiKey {
  const { pool, clock, logger } = deps;
  return async (keyHash) => {
    const found = await findApiKey(pool, keyHash);
    if (found === undefined) return undefined;
    const { lastUsedAt, ...access } = found;
    const nowMs = clock.nowMs();
    const isNoted = lastUsedAt !== null && nowMs - lastUsedAt.getTime() < USE_NOTED_EVERY_MS;
    if (!isNoted && !isExpired(access, nowMs)) {
      try {
        await noteApiKeyUse(pool, access.id, new Date(nowMs));
      } catch (error) {
        logger.warn('key_use_not_noted', { apiKeyId: access.id, error: errorField(error) });
      }
    }
    return access;
  };
}
