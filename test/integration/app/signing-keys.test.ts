import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeReencryptHeaders } from '../../../lib/app/reencrypt-headers.ts';
import { ensureSigningKey, makeCreateSigningKey } from '../../../lib/app/signing-keys/create-signing-key.ts';
import { makeReadSigningSecret } from '../../../lib/app/signing-keys/read-signing-secret.ts';
import { listSigningKeys } from '../../../lib/db/signing-keys.ts';
import { signingKeyLimits } from '../../../lib/domain/signing-key.ts';
import { type BelfryDatabase, createBelfryDatabase, openPool } from '../../support/belfry-database.ts';
import { dumpDatabase } from '../../support/canary.ts';
import { keyRingOf, makeTestDataKeys } from '../../support/key-rings.ts';
import { ManualClock } from '../../support/manual-clock.ts';

let database: BelfryDatabase;
let dataKeys: ReturnType<typeof makeTestDataKeys>;
let clock: ManualClock;
let parts: Parameters<typeof ensureSigningKey>[0];

beforeEach(async () => {
  database = await createBelfryDatabase();
  dataKeys = makeTestDataKeys();
  clock = new ManualClock('2030-03-04T10:00:00Z');
  parts = { pool: database.pool, dataKeys, clock };
});
afterEach(() => database.drop());

const list = () => listSigningKeys(database.pool, { limit: 1_000, afterId: 0 });
const secretOf = (id: number) => makeReadSigningSecret(parts)(id);

describe('the first signing key', () => {
  test('ten starts at once create one key', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => ensureSigningKey(parts)));
    expect(new Set(ids).size).toBe(1);
    expect(await list()).toMatchObject({ items: [{ expiresAt: null, revokedAt: null }] });
  });

  test('a later start keeps the key and its secret', async () => {
    const id = await ensureSigningKey(parts);
    const secret = await secretOf(id);
    await clock.advanceBy(86_400_000);
    expect(await ensureSigningKey(parts)).toBe(id);
    expect(await secretOf(id)).toBe(secret);
  });

  test('a key whose data key was lost is replaced, and signs again when the data key is back', async () => {
    const id = await ensureSigningKey(parts);
    dataKeys.use(keyRingOf('second'));
    await expect(secretOf(id)).rejects.toMatchObject({ code: 'SIGNING_KEY_UNREADABLE' });
    const replaced = await ensureSigningKey(parts);
    expect(replaced).not.toBe(id);
    dataKeys.use(keyRingOf('second', 'first'));
    expect(await secretOf(id)).not.toBe(await secretOf(replaced));
  });
});

describe('a stored secret', () => {
  test('a secret is stored only encrypted, and bound to its key', async () => {
    const id = await ensureSigningKey(parts);
    const secret = await secretOf(id);
    const stored = await dumpDatabase(database.pool);
    expect(stored).toContain('v2:first:');
    expect(stored).not.toContain(secret.slice('whsec_'.length));
    const other = await makeCreateSigningKey(parts)({ overlapSeconds: 60 });
    await database.pool.query(
      'update signing_keys set secret = (select secret from signing_keys where id = $1) where id = $2',
      [id, other.id],
    );
    await expect(secretOf(other.id)).rejects.toMatchObject({ code: 'SIGNING_KEY_UNREADABLE' });
  });

  test('the encryption of stored secrets includes signing keys, so that an old data key can be removed', async () => {
    const id = await ensureSigningKey(parts);
    const secret = await secretOf(id);
    dataKeys.use(keyRingOf('second', 'first'));
    const openOne = () => openPool(database.url, { max: 1 });
    const reencrypt = makeReencryptHeaders({ openPool: openOne, dataKeys, clock });
    const done = { unreadable: 0, isComplete: true };
    expect(await reencrypt(clock.nowMs() + 60_000)).toEqual({ reencrypted: 1, ...done });
    expect(await reencrypt(clock.nowMs() + 60_000)).toEqual({ reencrypted: 0, ...done });
    dataKeys.use(keyRingOf('second'));
    expect(await secretOf(id)).toBe(secret);
    dataKeys.use(keyRingOf('third'));
    expect(await reencrypt(clock.nowMs() + 60_000)).toMatchObject({ reencrypted: 0, unreadable: 1 });
  });
});

test('the latest hundred ended keys are kept, and older ones are removed', async () => {
  await ensureSigningKey(parts);
  const create = makeCreateSigningKey(parts);
  for (let n = 0; n < signingKeyLimits.ended + 10; n += 1) await create({ overlapSeconds: 0 });
  const { items } = await list();
  expect(items).toHaveLength(signingKeyLimits.ended + 1);
  expect(items.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
});
