import { putApiKey } from '../db/api-keys.ts';
import type { Queryable } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import { apiKeyScopes, DEPLOYMENT_KEY_NAME } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from '../secrets/fetch-secret.ts';
import type { PutSecret } from '../secrets/put-secret.ts';
import { createApiKey, hashApiKey, isApiKey } from './api-key.ts';

const BY_DEPLOYMENT: By = { actor: { type: 'DEPLOYMENT', name: null } };

/** The number of times to try. Each further try means that another process has changed the secret. */
const MAX_TRIES = 5;

/** Stores the deployment's own key, which has every scope. The previous one no longer works. */
export async function storeAdminKey(db: Queryable, key: string, now: Date): Promise<void> {
  const keyHash = hashApiKey(key);
  await putApiKey(db, { name: DEPLOYMENT_KEY_NAME, keyHash, scopes: apiKeyScopes }, now, BY_DEPLOYMENT);
}

/**
 * Makes the key in the secret the admin key. If the secret holds no key, it creates one: CloudFormation fills a new
 * secret with a random string. A key that an operator puts into the secret works after the next run.
 *
 * Several runs at the same time need no lock. Each run stores the key that it has read, and then reads the secret
 * again. The last run to store a key has either read the latest key, or now finds a later one and stores that. So the
 * secret and the database agree when all runs have ended.
 *
 * @throws UnavailableError; Error when the secret is not a string, or keeps changing.
 */
export function makeSyncAdminKey(deps: {
  fetchSecret: FetchSecret;
  putSecret: PutSecret;
  secretArn: string;
  clock: Clock;
}): (db: Queryable) => Promise<void> {
  const { fetchSecret, putSecret, secretArn, clock } = deps;

  const readOrMake = async (): Promise<string> => {
    const held = await fetchSecret(secretArn);
    if (isApiKey(held)) return held;
    const made = createApiKey();
    await putSecret(secretArn, made);
    return made;
  };

  return async (db) => {
    for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
      const key = await readOrMake();
      await storeAdminKey(db, key, new Date(clock.nowMs()));
      if ((await fetchSecret(secretArn)) === key) return;
    }
    throw new Error(`the secret ${secretArn} keeps changing; deploy again when no other process changes it`);
  };
}
