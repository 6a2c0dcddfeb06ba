import type { Queryable } from './pool.ts';

// Sets the end of the lease to the time of its claim. So the lease has ended by the clock of any tick.
const END_LEASES = /* sql */ `
  update job_executions
     set lease_expires_at = coalesce(started_at, execution_time)
   where status = 'RUNNING'
     and claim_token between $1 and $2`;

/**
 * Ends the leases of claims whose workers have certainly ended, by the range of their tokens. The next tick frees them.
 */
export async function endLeases(db: Queryable, tokens: { first: string; last: string }): Promise<number> {
  const { rowCount } = await db.query({
    name: 'end_leases',
    text: END_LEASES,
    values: [tokens.first, tokens.last],
  });
  return rowCount ?? 0;
}
