import type { Pool } from '../../../lib/db/pool.ts';
import { ensurePartitions, partitionName } from '../../../lib/db/partitions.ts';
import { DAY_MS } from '../../../lib/domain/day.ts';

const OLD_DAYS = [4, 3, 2];
export const RETENTION_DAYS = 1;

/** Adds three days of history that are older than the retention: the first tick must drop them. */
export async function putOldHistory(pool: Pool, now: Date): Promise<void> {
  await ensurePartitions(pool, new Date(now.getTime() - 4 * DAY_MS), OLD_DAYS.length - 1);
  for (const days of OLD_DAYS) {
    await pool.query(
      `insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at)
       select n, 1, 'SUCCESS', $1, $1, $1, $1 from generate_series(1, 1000) n`,
      [new Date(now.getTime() - days * DAY_MS)],
    );
  }
}

/** Returns the partitions that are older than the retention and one day, because midnight may just have passed. */
export function tooOld(partitions: readonly string[], now: Date): string[] {
  const first = partitionName(now.getTime() - (RETENTION_DAYS + 1) * DAY_MS);
  return partitions.filter((name) => name < first);
}
