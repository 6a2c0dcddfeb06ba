import { SigningKeyNotFoundError, SigningKeyProtectedError } from '../../lib/domain/errors.ts';
import { isSigning, type SigningKey } from '../../lib/domain/signing-key.ts';

/** The use cases of signing keys in memory, with the same behaviour for the API function as the real ones. */
export function memorySigningKeys(startMs: number) {
  const createdAt = new Date(startMs);
  const keys: SigningKey[] = [{ id: 1, createdAt, expiresAt: null, revokedAt: null }];
  const signing = (): SigningKey[] => keys.filter((key) => isSigning(key, startMs));
  const find = (id: number): SigningKey => {
    const key = signing().find((candidate) => candidate.id === id);
    if (key === undefined) throw new SigningKeyNotFoundError(id);
    return key;
  };
  return {
    createSigningKey: async ({ overlapSeconds }: { overlapSeconds: number }): Promise<SigningKey> => {
      for (const key of signing()) key.expiresAt = new Date(startMs + overlapSeconds * 1_000);
      const key = { id: keys.length + 1, createdAt, expiresAt: null, revokedAt: null };
      keys.push(key);
      return key;
    },
    listSigningKeys: async ({ limit, afterId }: { limit: number; afterId: number }) => {
      const behind = keys.filter(({ id }) => id > afterId);
      return { items: behind.slice(0, limit), hasMore: behind.length > limit };
    },
    readSigningSecret: async (id: number): Promise<string> =>
      `whsec_${Buffer.alloc(32, find(id).id).toString('base64')}`,
    revokeSigningKey: async (id: number): Promise<void> => {
      const key = find(id);
      if (signing().length === 1) throw new SigningKeyProtectedError(id);
      key.expiresAt = createdAt;
      key.revokedAt = createdAt;
    },
  };
}
