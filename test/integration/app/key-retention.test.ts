import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCreateApiKey } from '../../../lib/app/create-api-key.ts';
import { makeRevokeApiKey } from '../../../lib/app/revoke-api-key.ts';
import { listApiKeys } from '../../../lib/db/api-keys.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';
import { type Belfry, createBelfry } from '../../support/belfry.ts';

let belfry: Belfry;
beforeEach(async () => {
  belfry = await createBelfry('2030-03-02T12:00:00Z');
});
afterEach(() => belfry.close());

const create = (name: string, expiresAt: Date | null = null) =>
  makeCreateApiKey(belfry.parts)({ name, scopes: ['admin'], expiresAt, rateLimitPerSecond: null });
const names = async (): Promise<string[]> =>
  (await listApiKeys(belfry.pool, { limit: 100, offset: 0 })).items.map(({ name }) => name);

test('a tick removes keys that were revoked or have expired, when the audit log of that time is gone', async () => {
  const revoked = await create('revoked');
  await create('expired', new Date(belfry.clock.nowMs() + 1_000));
  await create('expires later', new Date(belfry.clock.nowMs() + 2 * DAY_MS));
  await create('works');
  await makeRevokeApiKey(belfry.parts)(revoked.id);
  const { auditRetentionDays } = belfry.parts;

  await belfry.clock.advanceBy(auditRetentionDays * DAY_MS - 1_000);
  await belfry.runTick(belfry.inMs(50_000));
  expect(await names()).toEqual(['revoked', 'expired', 'expires later', 'works']);

  await belfry.clock.advanceBy(DAY_MS);
  await belfry.runTick(belfry.inMs(50_000));
  expect(await names()).toEqual(['expires later', 'works']);
  const { rows } = await belfry.pool.query('select from audit_log');
  expect(rows).toEqual([]);
});

test('keys of many pages are removed in the order of their age', async () => {
  await create('works');
  await belfry.pool.query(
    `insert into revoked_api_keys (id, name, key_hash, scopes, created_at, revoked_at)
     select 1000000 + n, 'key ' || n, sha256(n::text::bytea), '{read}', $1, $1::timestamptz - n * interval '1 min'
       from generate_series(1, 6000) n`,
    [new Date(belfry.clock.nowMs() - 500 * DAY_MS)],
  );
  await belfry.runTick(belfry.inMs(50_000));
  expect(await names()).toEqual(['works']);
});
