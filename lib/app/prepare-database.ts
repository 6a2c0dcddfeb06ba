import { migrate } from '../db/migrate.ts';
import { ensurePartitions } from '../db/partitions.ts';
import type { Pool } from '../db/pool.ts';

/** The first tick makes those of the days to come; what is due at once must not land in the default partition. */
const PARTITION_DAYS_AHEAD = 1;

/** Brings the schema up to date, so that jobs can be made and run. Returns the names of the migrations it applied. */
export async function prepareDatabase(pool: Pool, now: Date): Promise<string[]> {
  const applied = await migrate(pool, now);
  await ensurePartitions(pool, now, PARTITION_DAYS_AHEAD);
  return applied;
}
