import { migrate } from '../db/migrate.ts';
import { ensurePartitions } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';

/** Executions that are due at once must not go to the default partition. The first tick creates further partitions. */
const PARTITION_DAYS_AHEAD = 1;

/**
 * Updates the schema, so that jobs can be created and run. Returns the names of the applied migrations.
 *
 * @throws Error when the schema is newer than this code, unless `whenAhead` is `leave`.
 */
export async function prepareDatabase(
  pool: Pool,
  now: Date,
  options: { whenAhead?: 'refuse' | 'leave' } = {},
): Promise<string[]> {
  const applied = await migrate(pool, now, options);
  await ensurePartitions(pool, now, PARTITION_DAYS_AHEAD);
  return applied;
}
