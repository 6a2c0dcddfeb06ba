import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ApiKeyAccess } from '../../../../lib/domain/api-key.ts';
import { makeApiKeyCache } from '../../../../lib/api/middleware/api-key-cache.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const hashOf = (key: string) => createHash('sha256').update(key).digest();

const aKey = (id: number, keyHash: Buffer, scopes: string[]): ApiKeyAccess => ({
  id,
  name: `key ${id}`,
  keyHash,
  scopes,
  expiresAt: null,
  rateLimitPerSecond: null,
});

function setUp(find?: (keyHash: Buffer) => ApiKeyAccess | undefined) {
  const clock = new ManualClock();
  const state = {
    lookups: 0,
    keys: [aKey(1, hashOf('right'), ['read'])],
  };
  const resolve = makeApiKeyCache({
    clock,
    findApiKey: async (keyHash) => {
      state.lookups++;
      return find ? find(keyHash) : state.keys.find((key) => key.keyHash.equals(keyHash));
    },
  });
  return { state, clock, resolve };
}

describe('the cache of API keys', () => {
  test('the key cache looks a key up by its hash, and remembers it for 5 s', async () => {
    const { state, clock, resolve } = setUp();
    expect(await resolve('right')).toMatchObject({ id: 1, scopes: ['read'] });
    state.keys = [];
    await clock.advanceBy(4_999);
    expect(await resolve('right')).toMatchObject({ id: 1 });
    expect(state.lookups).toBe(1);
    await clock.advanceBy(1);
    expect(await resolve('right')).toBeUndefined();
  });

  test('the key cache remembers for 1 s that a key does not exist', async () => {
    const { state, clock, resolve } = setUp();
    expect(await resolve('new')).toBeUndefined();
    state.keys.push(aKey(2, hashOf('new'), []));
    await clock.advanceBy(999);
    expect(await resolve('new')).toBeUndefined();
    await clock.advanceBy(1);
    expect(await resolve('new')).toMatchObject({ id: 2 });
  });

  test('the key cache does not keep a key longer when the clock is set back', async () => {
    const { state, clock, resolve } = setUp();
    await resolve('right');
    state.keys = [];
    clock.stepBackTo(clock.nowMs() - 3_600_000);
    expect(await resolve('right')).toBeUndefined();
  });

  test('the key cache accepts a key until the instant at which it expires, remembered or not', async () => {
    const expiresAt = new Date('2030-01-01T00:00:03Z');
    const { state, clock, resolve } = setUp((keyHash) => ({ ...aKey(1, keyHash, []), expiresAt }));
    expect(await resolve('right')).toMatchObject({ id: 1 });
    await clock.advanceBy(2_999);
    expect(await resolve('right')).toMatchObject({ id: 1 });
    await clock.advanceBy(1);
    expect(await resolve('right')).toBeUndefined();
    expect(state.lookups).toBe(1);
    await clock.advanceBy(5_000);
    expect(await resolve('right')).toBeUndefined();
  });

  test('the key cache stays small, and a flood of wrong keys does not evict valid ones', async () => {
    const { state, resolve } = setUp();
    await resolve('right');
    for (let index = 0; index < 1_001; index++) await resolve(`wrong${index}`);
    expect(state.lookups).toBe(1_002);
    await resolve('right');
    await resolve('wrong1000');
    expect(state.lookups).toBe(1_002);
    await resolve('wrong0');
    expect(state.lookups).toBe(1_003);
  });

  test('the key cache checks a key that the look-up returns', async () => {
    const { resolve: other } = setUp(() => aKey(1, hashOf('other'), ['write']));
    expect(await other('right')).toBeUndefined();
    const { resolve: short } = setUp((hash) => aKey(1, hash.subarray(0, 8), ['write']));
    expect(await short('right')).toBeUndefined();
  });

  test('the key cache looks up no key of absurd length', async () => {
    const { state, resolve } = setUp();
    expect(await resolve('x'.repeat(513))).toBeUndefined();
    expect(state.lookups).toBe(0);
  });

  test('the key cache forgets a look-up that failed', async () => {
    let isDown = true;
    const { resolve } = setUp((keyHash) => {
      if (isDown) throw new Error('down');
      return aKey(1, keyHash, []);
    });
    await expect(resolve('right')).rejects.toThrow('down');
    isDown = false;
    expect(await resolve('right')).toMatchObject({ id: 1 });
  });
});
