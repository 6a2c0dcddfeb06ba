import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  findApiKey,
  insertApiKey,
  countApiKeys,
  listApiKeys,
  noteApiKeyUse,
  putApiKey,
} from '../../../lib/db/api-keys.ts';
import { freeExpiredName, revokeApiKey } from '../../../lib/db/revoke-api-keys.ts';
import type { NewApiKey } from '../../../lib/domain/api-key.ts';
import { after, begin, emptyTables, NOON, pool, useOwnDatabase } from './fixture.ts';

await useOwnDatabase();

beforeEach(emptyTables);

const hashOf = (key: string) => createHash('sha256').update(key).digest();
const PAGE = { limit: 10, offset: 0 };

const insert = (key: string, overrides: Partial<NewApiKey> = {}, now = NOON) =>
  insertApiKey(
    pool,
    {
      name: key,
      scopes: ['read'],
      expiresAt: null,
      rateLimitPerSecond: null,
      ...overrides,
      keyHash: hashOf(key),
    },
    now,
  );

describe('API keys in the database', () => {
  test('an API key is found by its hash', async () => {
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('a'), scopes: ['read', 'write'] }, NOON);
    await insert('b', { expiresAt: after(1), rateLimitPerSecond: 7 });
    expect(await findApiKey(pool, hashOf('a'))).toEqual({
      id: expect.any(Number),
      name: 'admin',
      keyHash: hashOf('a'),
      scopes: ['read', 'write'],
      expiresAt: null,
      rateLimitPerSecond: null,
      lastUsedAt: null,
    });
    expect(await findApiKey(pool, hashOf('b'))).toMatchObject({
      expiresAt: after(1),
      rateLimitPerSecond: 7,
    });
    expect(await findApiKey(pool, hashOf('c'))).toBeUndefined();
  });

  test('an API key cannot take the name of another key', async () => {
    await insert('a', { name: 'one' });
    expect(await insert('b', { name: 'one' })).toBeUndefined();
    expect(await findApiKey(pool, hashOf('b'))).toBeUndefined();
  });

  test('an API key with an unknown scope, an invalid hash or a rate of zero is refused', async () => {
    const key = { name: 'x', keyHash: hashOf('a'), scopes: ['read'] };
    await expect(putApiKey(pool, { ...key, scopes: ['root'] }, NOON)).rejects.toThrow();
    await expect(putApiKey(pool, { ...key, keyHash: Buffer.from('a') }, NOON)).rejects.toThrow();
    await expect(insert('a', { rateLimitPerSecond: 0 })).rejects.toThrow();
  });
});

describe('a key that is put under a name', () => {
  test('a key that is put under a name replaces the previous one, which stays in the list with an id of its own', async () => {
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('a'), scopes: ['read'] }, NOON);
    const before = await findApiKey(pool, hashOf('a'));
    await noteApiKeyUse(pool, before!.id, after(1));
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('b'), scopes: ['write'] }, after(2));
    expect(await findApiKey(pool, hashOf('a'))).toBeUndefined();
    const now = await findApiKey(pool, hashOf('b'));
    expect(now).toMatchObject({ scopes: ['write'], lastUsedAt: null });
    expect((await listApiKeys(pool, PAGE)).items).toMatchObject([
      { id: before?.id, name: 'admin', createdAt: NOON, lastUsedAt: after(1), revokedAt: after(2) },
      { id: now?.id, name: 'admin', createdAt: after(2), lastUsedAt: null, revokedAt: null },
    ]);
  });

  test('a key that is put twice stays the same', async () => {
    const key = { name: 'admin', keyHash: hashOf('a'), scopes: ['read'] };
    await putApiKey(pool, key, NOON);
    const before = await findApiKey(pool, key.keyHash);
    await putApiKey(pool, key, after(1));
    expect(await findApiKey(pool, key.keyHash)).toEqual(before);
    expect((await listApiKeys(pool, PAGE)).items).toHaveLength(1);
  });

  test('two keys put at the same time leave one of them, and the previous key is listed once', async () => {
    await putApiKey(pool, { name: 'admin', keyHash: hashOf('a'), scopes: ['read'] }, NOON);
    const first = await begin();
    await putApiKey(first.tx, { name: 'admin', keyHash: hashOf('b'), scopes: ['read'] }, after(1));
    const second = putApiKey(pool, { name: 'admin', keyHash: hashOf('c'), scopes: ['read'] }, after(2));
    await first.commit();
    await second;
    const { items } = await listApiKeys(pool, PAGE);
    expect(items.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
    expect(await findApiKey(pool, hashOf('c'))).toBeDefined();
    expect(items.filter(({ createdAt }) => createdAt.getTime() === NOON.getTime())).toHaveLength(1);
  });
});

describe('the last use of a key', () => {
  test('the last use of a key is recorded, and never moves back', async () => {
    const { id } = (await insert('a'))!;
    await noteApiKeyUse(pool, id, after(2));
    await noteApiKeyUse(pool, id, after(1));
    expect(await findApiKey(pool, hashOf('a'))).toMatchObject({ lastUsedAt: after(2) });
  });

  test('recording the last use does not wait for a transaction that locks the key', async () => {
    const { id } = (await insert('a'))!;
    const { tx } = await begin();
    await revokeApiKey(tx, id, NOON);
    await noteApiKeyUse(pool, id, after(1));
    expect(await findApiKey(pool, hashOf('a'))).toMatchObject({ lastUsedAt: null });
  });
});

describe('a key that was revoked', () => {
  test('a revoked key is refused, stays listed with the time of its revocation, and frees its name', async () => {
    const { id } = (await insert('a', { name: 'one', expiresAt: after(9), rateLimitPerSecond: 5 }))!;
    expect(await revokeApiKey(pool, id, after(1))).toBe(true);
    expect(await revokeApiKey(pool, id, after(2))).toBe(false);
    expect(await findApiKey(pool, hashOf('a'))).toBeUndefined();
    expect(await insert('b', { name: 'one' })).toBeDefined();
    const { items } = await listApiKeys(pool, PAGE);
    expect(await countApiKeys(pool)).toEqual({ count: 2, isCapped: false });
    expect(items[0]).toEqual({
      id,
      name: 'one',
      scopes: ['read'],
      expiresAt: after(9),
      rateLimitPerSecond: 5,
      createdAt: NOON,
      lastUsedAt: null,
      revokedAt: after(1),
    });
    expect(items[1]).toMatchObject({ name: 'one', revokedAt: null });
  });
});

test('a name can be taken from an expired key, and from no other', async () => {
  await insert('a', { name: 'one', expiresAt: after(1) });
  await insert('b', { name: 'two' });
  await freeExpiredName(pool, 'one', NOON);
  await freeExpiredName(pool, 'two', after(1));
  expect(await insert('c', { name: 'one' })).toBeUndefined();
  await freeExpiredName(pool, 'one', after(1));
  expect(await insert('c', { name: 'one' })).toBeDefined();
  expect((await listApiKeys(pool, PAGE)).items.map(({ revokedAt }) => revokedAt)).toEqual([
    after(1),
    null,
    null,
  ]);
});

test('the list of keys has pages, and contains no hash', async () => {
  for (const key of ['a', 'b', 'c']) await insert(key);
  const { items, hasMore } = await listApiKeys(pool, { limit: 1, offset: 1 });
  expect({ names: items.map(({ name }) => name), hasMore }).toEqual({ names: ['b'], hasMore: true });
  expect(Object.keys(items[0]!)).not.toContain('keyHash');
});
