import { findApiKey, noteApiKeyUse } from '../db/api-keys.ts';
import type { Queryable } from '../db/pool.ts';
import { type ApiKeyAccess, isExpired } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';

/** How exact the time of the last use is. */
const USE_NOTED_EVERY_MS = 60_000;

export type FindApiKey = (keyHash: Buffer) => Promise<ApiKeyAccess | undefined>;

/**
 * Looks a key up by its hash, and notes once a minute, for all environments together, that it is in use. That is waited
 * for, since a Lambda is frozen as soon as it has answered: one request a minute takes a commit longer. When it fails the
 * key works all the same.
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
