import { storeAdminKey } from '../lib/app/admin-key.ts';
import { prepareDatabase } from '../lib/app/prepare-database.ts';
import { ensureSigningKey } from '../lib/app/signing-keys/create-signing-key.ts';
import type { Clock } from '../lib/domain/clock.ts';
import { createPool } from '../lib/db/pool.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { openDataKeys } from '../lib/secrets/data-keys.ts';
import { LocalRunError } from './data-dir/data-dir.ts';

/** What a start did to the database: the names of the migrations that it applied, and the newest signing key. */
export type PreparedDatabase = { applied: string[]; signingKeyId: number };

/** Migrates the database, stores the admin key, and creates the first signing key. */
export async function prepareLocalDatabase(
  services: { databaseUrl: string; apiKey: string; dataKeysFile: string },
  clock: Clock,
): Promise<PreparedDatabase> {
  const { databaseUrl, apiKey, dataKeysFile } = services;
  const pool = createPool(databaseUrl, { max: 1, statementTimeoutMs: 120_000, onError: () => {} });
  try {
    const now = new Date(clock.nowMs());
    const applied = await prepareDatabase(pool, now);
    await storeAdminKey(pool, apiKey, now);
    const fetchSecret = (): Promise<string> => Promise.reject(new Error('the key ring is in a file'));
    const dataKeys = openDataKeys({ kind: 'file', path: dataKeysFile }, { fetchSecret, clock });
    return { applied, signingKeyId: await ensureSigningKey({ pool, dataKeys, clock }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isUnreachable = error instanceof UnavailableError;
    const reason = isUnreachable && error.cause instanceof Error ? error.cause.message : error.message;
    const what = isUnreachable ? 'the database does not answer' : 'the database cannot be migrated';
    throw new LocalRunError(`${what}: ${reason}`, { cause: error });
  } finally {
    await pool.end();
  }
}
