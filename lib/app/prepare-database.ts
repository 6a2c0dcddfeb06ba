import { migrate } from '../db/migrate.ts';
import { ensurePartitions } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';

/** The first tick makes those of the days to come; what is due at once must not land in the default partition. */
const PARTITION_DAYS_AHEAD = 1;

/**
 * Brings the schema up to date, so that jobs can be made and run. Returns the names of the migrations it applied.
 *
 * @throws Error when the database is ahead of this code, unless it is to be left at that.
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
