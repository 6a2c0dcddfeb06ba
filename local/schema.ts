import { createHash } from 'node:crypto';
import { putApiKey } from '../lib/db/api-keys.ts';
import { migrate } from '../lib/db/migrate.ts';
import { ensurePartitions } from '../lib/db/partitions.ts';
import { createPool } from '../lib/db/pool.ts';
import { UnavailableError } from '../lib/domain/errors.ts';
import { LocalRunError } from './data-dir.ts';

/** The first tick makes those of the days to come; what is due at once must not land in the default partition. */
const PARTITION_DAYS_AHEAD = 1;

/** Brings the database up to date and puts the admin key there. Returns the names of the migrations it applied. */
export async function prepareDatabase(url: string, apiKey: string, now: Date): Promise<string[]> {
  const pool = createPool(url, { max: 1, statementTimeoutMs: 120_000, onError: () => {} });
  try {
    const applied = await migrate(pool, now);
    await ensurePartitions(pool, now, PARTITION_DAYS_AHEAD);
    const keyHash = createHash('sha256').update(apiKey).digest();
    await putApiKey(pool, { name: 'admin', keyHash, scopes: ['read', 'write', 'admin'] }, now);
    return applied;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isUnreachable = error instanceof UnavailableError;
    const reason = isUnreachable && error.cause instanceof Error ? error.cause.message : error.message;
    const what = isUnreachable ? 'the database does not answer' : 'the database cannot be brought up to date';
    throw new LocalRunError(`${what}: ${reason}`, { cause: error });
  } finally {
    await pool.end();
  }
}
