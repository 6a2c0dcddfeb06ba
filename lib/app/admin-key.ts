import { putApiKey } from '../db/api-keys.ts';
import type { Queryable } from '../db/pool.ts';
import { apiKeyScopes, DEPLOYMENT_KEY_NAME } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import type { FetchSecret } from '../secrets/fetch-secret.ts';
import type { PutSecret } from '../secrets/put-secret.ts';
import { createApiKey, hashApiKey, isApiKey } from './api-key.ts';

/** Each further try follows a change of the secret by another. */
const MAX_TRIES = 5;

/** Makes this the deployment's own key, which may do everything; the one before no longer works. */
export async function storeAdminKey(db: Queryable, key: string, now: Date): Promise<void> {
  const keyHash = hashApiKey(key);
  await putApiKey(db, { name: DEPLOYMENT_KEY_NAME, keyHash, scopes: apiKeyScopes }, now);
}

/**
 * Makes the key in the secret the admin key, and puts one there where it holds none: CloudFormation fills a new secret
 * with a random text. A key that somebody has put there works from the next run on.
 *
 * Several at once need no lock. Each stores what it has read and then reads again: whoever stores last has either read
 * the last key, or finds a later one and stores that. So the secret and the database agree when all have ended.
 *
 * @throws UnavailableError; Error when the secret holds no text, or is changed again and again.
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
    throw new Error(`the secret ${secretArn} is being changed by another; deploy again when it is not`);
  };
}
