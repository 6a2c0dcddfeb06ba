import type { Pool } from '../../lib/db/pool.ts';

/** Puts a schedule into its state after an outage in which no tick dispatched it. The next tick finds it that far behind. */
export async function makeBehind(
  db: Pick<Pool, 'query'>,
  jobId: number,
  { hours }: { hours: number },
): Promise<void> {
  const { rowCount } = await db.query(
    `update job_schedules set next_execution_time = next_execution_time - $2 * interval '1 hour' where job_id = $1`,
    [jobId, hours],
  );
  if (rowCount !== 1) throw new Error(`job ${jobId} has no schedule`);
}
