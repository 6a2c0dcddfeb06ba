import type { ApiDeps } from '../../functions/compose/api-deps.ts';
import { hashApiKey } from '../../lib/app/api-key.ts';
import type { ApiKey, ApiKeyAccess, NewApiKey } from '../../lib/domain/api-key.ts';
import { ApiKeyNameTakenError, ApiKeyNotFoundError } from '../../lib/domain/errors.ts';

type Stored = ApiKey & { keyHash: Buffer };

/** The use cases of keys in memory, with the same behaviour for the API function as the real ones. */
export function memoryApiKeys(startMs: number, given: readonly { key: string; scopes: ApiKey['scopes'] }[]) {
  const keys: Stored[] = [];
  const add = (asked: NewApiKey, key: string): ApiKey => {
    const stored = { ...asked, id: keys.length + 1, keyHash: hashApiKey(key) };
    keys.push({ ...stored, createdAt: new Date(startMs), lastUsedAt: null, revokedAt: null });
    return keys.at(-1)!;
  };
  for (const { key, scopes } of given) {
    add({ name: key, scopes, expiresAt: null, rateLimitPerSecond: null }, key);
  }
  const working = () => keys.filter(({ revokedAt }) => revokedAt === null);
  return {
    findApiKey: async (keyHash: Buffer): Promise<ApiKeyAccess | undefined> =>
      working().find((key) => key.keyHash.equals(keyHash)),
    createApiKey: async (asked: NewApiKey): Promise<ApiKey & { key: string }> => {
      if (working().some(({ name }) => name === asked.name)) throw new ApiKeyNameTakenError(asked.name);
      const key = `bfy_${String(keys.length).padStart(43, '0')}`;
      return { ...add(asked, key), key };
    },
    listApiKeys: async ({ limit, offset, afterId, withTotal }: Parameters<ApiDeps['listApiKeys']>[0]) => {
      const behind = keys.filter(({ id }) => id > afterId).slice(offset);
      const total = withTotal ? { count: keys.length, isCapped: false } : undefined;
      return { items: behind.slice(0, limit), total, hasMore: behind.length > limit };
    },
    revokeApiKey: async (id: number): Promise<void> => {
      const key = working().find((stored) => stored.id === id);
      if (key === undefined) throw new ApiKeyNotFoundError(id);
      key.revokedAt = new Date(startMs);
    },
  };
}
