import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { storeAdminKey } from '../../../lib/app/admin-key.ts';
import { createApiKey, hashApiKey, isApiKey } from '../../../lib/app/api-key.ts';
import { makeCreateApiKey } from '../../../lib/app/create-api-key.ts';
import { makeFindApiKey } from '../../../lib/app/find-api-key.ts';
import { makeRevokeApiKey } from '../../../lib/app/revoke-api-key.ts';
import { findApiKey, listApiKeys } from '../../../lib/db/api-keys.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import type { NewApiKey } from '../../../lib/domain/api-key.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { makeTestLog } from '../../support/test-log.ts';

const { pool, drop } = await createBelfryDatabase();
afterAll(drop);

let clock: ManualClock;
let adminId: number;
let adminKey: string;

beforeEach(async () => {
  clock = new ManualClock();
  await pool.query('truncate api_keys, revoked_api_keys');
  adminKey = createApiKey();
  await storeAdminKey(pool, adminKey, clock.now());
  adminId = (await findApiKey(pool, hashApiKey(adminKey)))!.id;
});

const create = (overrides: Partial<NewApiKey> = {}) =>
  makeCreateApiKey({ pool, clock })({
    name: 'one',
    scopes: ['read'],
    expiresAt: null,
    rateLimitPerSecond: null,
    ...overrides,
  });
const revoke = (id: number) => makeRevokeApiKey({ pool, clock })(id);
const list = async () => (await listApiKeys(pool, { limit: 100, offset: 0 })).items;

describe('a new key', () => {
  test('a new key has the right form, is accepted, and is stored only as its hash', async () => {
    const { key, ...made } = await create({ scopes: ['read', 'write'], rateLimitPerSecond: 5 });
    expect(isApiKey(key)).toBe(true);
    expect(await findApiKey(pool, hashApiKey(key))).toMatchObject({ id: made.id, rateLimitPerSecond: 5 });
    expect(await list()).toContainEqual(made);
    const { rows } = await pool.query('select to_jsonb(k) as row from api_keys k');
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  test('a new key needs a name that no valid key has', async () => {
    const taken = { code: 'API_KEY_NAME_TAKEN' };
    const { id } = await create();
    await expect(create()).rejects.toMatchObject(taken);
    await revoke(id);
    await create({ expiresAt: new Date(clock.nowMs() + 1_000) });
    await expect(create()).rejects.toMatchObject(taken);
    await clock.advanceBy(1_000);
    await create();
    expect((await list()).map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
      ['admin', false],
      ['one', true],
      ['one', true],
      ['one', false],
    ]);
  });

  test('two requests at the same time with one name create one key', async () => {
    const made = await Promise.allSettled([create(), create()]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test("a new key never gets the name of the deployment's own key, whether that key exists or not", async () => {
    await pool.query('truncate api_keys');
    await expect(create({ name: 'admin' })).rejects.toMatchObject({ code: 'API_KEY_NAME_TAKEN' });
  });

  test.each([
    ['2029-12-31T23:59:59.999Z', false],
    ['2030-01-01T00:00:00.000Z', false],
    ['2030-01-01T00:00:00.001Z', true],
    ['2040-01-01T00:00:00.000Z', true],
    ['2040-01-01T00:00:00.001Z', false],
  ])('whether a new key may expire at %s: %s', async (expiresAt, isTaken) => {
    const made = create({ expiresAt: new Date(expiresAt) });
    if (isTaken) await expect(made).resolves.toMatchObject({ expiresAt: new Date(expiresAt) });
    else await expect(made).rejects.toMatchObject({ errors: [{ field: 'expiresAt' }] });
  });
});

describe('a revoked key', () => {
  test('a revoked key is refused, and cannot be revoked a second time', async () => {
    const { id, key } = await create();
    await revoke(id);
    expect(await findApiKey(pool, hashApiKey(key))).toBeUndefined();
    expect(await list()).toMatchObject([{ name: 'admin' }, { id, revokedAt: clock.now() }]);
    await expect(revoke(id)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
    await expect(revoke(9_999)).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
  });

  test("the deployment's own key cannot be revoked", async () => {
    await create({ scopes: ['admin'] });
    await expect(revoke(adminId)).rejects.toMatchObject({ code: 'API_KEY_PROTECTED' });
    expect(await findApiKey(pool, hashApiKey(adminKey))).toBeDefined();
  });

  describe('a deployment without a key of its own', () => {
    beforeEach(() => pool.query('truncate api_keys'));

    test('the last key that may manage keys cannot be revoked', async () => {
      const first = await create({ scopes: ['admin'] });
      await create({ name: 'reader' });
      await expect(revoke(first.id)).rejects.toMatchObject({ code: 'API_KEY_PROTECTED' });
      const second = await create({ name: 'two', scopes: ['admin'] });
      await revoke(first.id);
      await expect(revoke(second.id)).rejects.toMatchObject({ code: 'API_KEY_PROTECTED' });
    });

    test('the last unexpired key that may manage keys cannot be revoked, and an expired one can', async () => {
      const expiresAt = new Date(clock.nowMs() + 1_000);
      const lasting = await create({ scopes: ['admin'] });
      const passing = await create({ name: 'two', scopes: ['admin'], expiresAt });
      await clock.advanceBy(1_000);
      await expect(revoke(lasting.id)).rejects.toMatchObject({ code: 'API_KEY_PROTECTED' });
      await revoke(passing.id);
    });

    test('two revocations at the same time leave one key that may manage keys', async () => {
      const first = await create({ scopes: ['admin'] });
      const second = await create({ name: 'two', scopes: ['admin'] });
      const outcomes = await Promise.allSettled([revoke(first.id), revoke(second.id)]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await list()).filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
    });
  });
});

describe('the last use of a key', () => {
  const { logger, logs } = makeTestLog();
  const lastUse = async (key: string) => (await findApiKey(pool, hashApiKey(key)))?.lastUsedAt ?? null;

  test('the last use of a key is recorded once a minute for all environments together', async () => {
    const { key } = await create();
    const [here, there] = [makeFindApiKey({ pool, clock, logger }), makeFindApiKey({ pool, clock, logger })];
    await here(hashApiKey(key));
    const first = clock.now();
    expect(await lastUse(key)).toEqual(first);
    await clock.advanceBy(59_999);
    await there(hashApiKey(key));
    expect(await lastUse(key)).toEqual(first);
    await clock.advanceBy(1);
    expect(await there(hashApiKey(key))).not.toHaveProperty('lastUsedAt');
    expect(await lastUse(key)).toEqual(clock.now());
  });

  test('the last use of an expired key is not recorded', async () => {
    const { key } = await create({ expiresAt: new Date(clock.nowMs() + 1) });
    await clock.advanceBy(1);
    await makeFindApiKey({ pool, clock, logger })(hashApiKey(key));
    expect(await lastUse(key)).toBeNull();
  });

  test('a key is accepted even when its last use cannot be recorded', async () => {
    const { key } = await create();
    const readOnly: Queryable = {
      query: (statement, values) => {
        if (JSON.stringify(statement).includes('update')) throw new UnavailableError('PostgreSQL');
        return pool.query(statement, values);
      },
    };
    expect(await makeFindApiKey({ pool: readOnly, clock, logger })(hashApiKey(key))).toMatchObject({
      scopes: ['read'],
    });
    expect(logs).toMatchObject([{ level: 'warn', event: 'key_use_not_noted' }]);
    expect(JSON.stringify(logs)).not.toContain(key);
  });
});
