import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeSyncAdminKey } from '../../../lib/app/admin-key.ts';
import { createApiKey, hashApiKey, isApiKey } from '../../../lib/app/api-key.ts';
import { findApiKey } from '../../../lib/db/api-keys.ts';
import type { Queryable } from '../../../lib/db/pool.ts';
import { UnavailableError } from '../../../lib/domain/errors.ts';
import { makeFetchSecret } from '../../../lib/secrets/fetch-secret.ts';
import { makePutSecret } from '../../../lib/secrets/put-secret.ts';
import { createBelfryDatabase } from '../../support/belfry-database.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { until } from '../../support/waiting.ts';
import { startSecretsManager, type SecretCall } from '../../support/secrets-manager.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:belfry-admin-key';
/** The value that CloudFormation puts into a secret that it creates. */
const FILLING = 'h"Q>vXk2#y~Zr9)F!m=8s&LwB6^t;c4J';

const { pool, drop } = await createBelfryDatabase();
const secretsManager = await startSecretsManager();
afterAll(async () => {
  secretsManager.close();
  await drop();
});

const clock = new ManualClock();
let calls: SecretCall['action'][];

beforeEach(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secretsManager.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret key');
  await pool.query('truncate api_keys');
  secretsManager.secrets.clear();
  secretsManager.secrets.set(SECRET_ARN, FILLING);
  calls = [];
  secretsManager.intercept(({ action }) => void calls.push(action));
});
afterEach(() => vi.unstubAllEnvs());

const held = () => secretsManager.secrets.get(SECRET_ARN) ?? '';

function makeSync(secretArn = SECRET_ARN) {
  const region = 'eu-central-1';
  return makeSyncAdminKey({
    fetchSecret: makeFetchSecret({ region }),
    putSecret: makePutSecret({ region }),
    secretArn,
    clock,
  });
}

async function readKeys() {
  const { rows } = await pool.query('select name, key_hash, scopes from api_keys');
  return rows;
}

const theAdminKeyIs = (key: string) => [
  { name: 'admin', key_hash: hashApiKey(key), scopes: ['read', 'write', 'admin', 'calendar'] },
];

describe('the admin key', () => {
  test('an admin key is created when the secret holds none, and the API accepts it', async () => {
    await makeSync()(pool);
    expect(isApiKey(held())).toBe(true);
    expect(await readKeys()).toEqual(theAdminKeyIs(held()));
  });

  test('an existing admin key stays as it is', async () => {
    await makeSync()(pool);
    const key = held();
    const before = await findApiKey(pool, hashApiKey(key));
    calls = [];
    await makeSync()(pool);
    expect(held()).toBe(key);
    expect(await findApiKey(pool, hashApiKey(key))).toEqual(before);
    expect(calls).not.toContain('PutSecretValue');
  });

  test('a key that an operator has put into the secret becomes the admin key, and the previous one is revoked', async () => {
    await makeSync()(pool);
    const before = held();
    const own = createApiKey();
    secretsManager.secrets.set(SECRET_ARN, own);
    await makeSync()(pool);
    expect(held()).toBe(own);
    expect(await readKeys()).toEqual(theAdminKeyIs(own));
    expect(await findApiKey(pool, hashApiKey(before))).toBeUndefined();
  });
});

describe('two functions that create the admin key at the same time', () => {
  test('two functions agree on one admin key when the one that stores last put its key first', async () => {
    const slowPuts = Promise.withResolvers<void>();
    const quickPuts = Promise.withResolvers<void>();
    let puts = 0;
    secretsManager.intercept(async ({ action }) => {
      if (action === 'GetSecretValue') return undefined;
      puts += 1;
      if (puts === 1) {
        slowPuts.resolve();
        await quickPuts.promise;
      } else {
        quickPuts.resolve();
        await until(() => held() !== FILLING);
      }
      return undefined;
    });
    const quickEnded = Promise.withResolvers<void>();
    const late: Queryable = {
      query: async (statement, values) => {
        await quickEnded.promise;
        return pool.query(statement, values);
      },
    };
    const slow = makeSync()(late);
    await slowPuts.promise;
    await makeSync()(pool);
    const last = held();
    expect(await readKeys()).toEqual(theAdminKeyIs(last));
    quickEnded.resolve();
    await slow;
    expect(puts).toBe(2);
    expect(held()).toBe(last);
    expect(await readKeys()).toEqual(theAdminKeyIs(last));
  });

  test('two functions agree on one admin key when one puts its key after the other has finished', async () => {
    const ended = Promise.withResolvers<void>();
    const waits = Promise.withResolvers<void>();
    let puts = 0;
    secretsManager.intercept(async ({ action }) => {
      if (action === 'PutSecretValue' && (puts += 1) === 1) {
        waits.resolve();
        await ended.promise;
      }
      return undefined;
    });
    const slow = makeSync()(pool);
    await waits.promise;
    await makeSync()(pool);
    const first = held();
    expect(await readKeys()).toEqual(theAdminKeyIs(first));
    ended.resolve();
    await slow;
    expect(held()).not.toBe(first);
    expect(await readKeys()).toEqual(theAdminKeyIs(held()));
  });

  test('creating the admin key fails with the name of the secret when the secret keeps changing', async () => {
    secretsManager.intercept(() => void secretsManager.secrets.set(SECRET_ARN, createApiKey()));
    const error: unknown = await makeSync()(pool).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(`${SECRET_ARN} keeps changing`) });
    expect(String(error)).not.toContain('bfy_');
  });
});

describe('the admin key while Secrets Manager is unreachable or refuses', () => {
  test('no admin key is created when the secret cannot be read', async () => {
    await expect(makeSync('arn:of:nothing')(pool)).rejects.toThrow(UnavailableError);
    expect(await readKeys()).toEqual([]);
  });

  test('a key that could not be put into the secret is not accepted, and the existing keys stay', async () => {
    secretsManager.intercept(({ action }) => {
      calls.push(action);
      return action === 'PutSecretValue' ? 'AccessDeniedException' : undefined;
    });
    await expect(makeSync()(pool)).rejects.toMatchObject({
      message: 'Secrets Manager does not answer; try again shortly',
      cause: { name: 'AccessDeniedException', message: 'refused: AccessDeniedException' },
    });
    expect(held()).toBe(FILLING);
    expect(await readKeys()).toEqual([]);
  });

  test('the error of a failed admin key contains nothing of the secret', async () => {
    secretsManager.secrets.set(SECRET_ARN, createApiKey());
    let reads = 0;
    secretsManager.intercept(() => ((reads += 1) > 1 ? 'InternalServiceError' : undefined));
    const error: unknown = await makeSync()(pool).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(JSON.stringify(error, [...Object.getOwnPropertyNames(error), 'name'])).not.toContain(held());
  });
});
