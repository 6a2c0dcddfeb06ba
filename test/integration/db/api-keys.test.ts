import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { findApiKey, putApiKey } from '../../../lib/db/api-keys.ts';
import { after, emptyTables, NOON, pool } from './fixture.ts';

beforeEach(emptyTables);

const hashOf = (key: string) => createHash('sha256').update(key).digest();

describe('api keys', () => {
  test('are found by their hash', async () => {
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('a'), scopes: ['read', 'write'] }, NOON);
    await putApiKey(pool, { name: 'reader', keyHash: hashOf('b'), scopes: ['read'] }, NOON);
    const scopes = ['read', 'write'];
    expect(await findApiKey(pool, hashOf('a'))).toEqual({
      id: expect.any(Number),
      keyHash: hashOf('a'),
      scopes,
    });
    expect(await findApiKey(pool, hashOf('c'))).toBeUndefined();
  });

  test('replace the key that had the name before', async () => {
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('a'), scopes: ['read'] }, NOON);
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('b'), scopes: ['write'] }, after(1));
    expect(await findApiKey(pool, hashOf('a'))).toBeUndefined();
    expect(await findApiKey(pool, hashOf('b'))).toMatchObject({ scopes: ['write'] });
  });

  test('may be put again as they are', async () => {
    const key = { name: 'admin', keyHash: hashOf('a'), scopes: ['read'] };
    await putApiKey(pool, key, NOON);
    const before = await findApiKey(pool, key.keyHash);
    await putApiKey(pool, key, after(1));
    expect(await findApiKey(pool, key.keyHash)).toEqual(before);
  });

  test('are refused with a scope there is not, or a hash that is none', async () => {
    await expect(
      putApiKey(pool, { name: 'x', keyHash: hashOf('a'), scopes: ['root'] }, NOON),
    ).rejects.toThrow();
    await expect(
      putApiKey(pool, { name: 'x', keyHash: Buffer.from('a'), scopes: [] }, NOON),
    ).rejects.toThrow();
  });
});
