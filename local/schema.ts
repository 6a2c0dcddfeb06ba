import { storeAdminKey } from '../lib/app/admin-key.ts';
import { prepareDatabase } from '../lib/app/prepare-database.ts';
import { createPool } from '../lib/db/pool.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { LocalRunError } from './data-dir.ts';

/** Migrates the database and stores the admin key. Returns the names of the migrations that it applied. */
export async function prepareLocalDatabase(url: string, apiKey: string, now: Date): Promise<string[]> {
  const pool = createPool(url, { max: 1, statementTimeoutMs: 120_000, onError: () => {} });
  try {
    const applied = await prepareDatabase(pool, now);
    await storeAdminKey(pool, apiKey, now);
    return applied;
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
