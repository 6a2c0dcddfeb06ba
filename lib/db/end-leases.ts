import type { Queryable } from './pool.ts';

// A lease is at its end when its claim was made: whatever clock the next tick goes by, it finds it run out.
const END_LEASES = /* sql */ `
  update job_executions
     set lease_expires_at = coalesce(started_at, execution_time)
   where status = 'RUNNING'
     and claim_token between $1 and $2`;

/** Ends the leases of claims whose workers are known to be gone, by the range of their tokens. The next tick frees them. */
export async function endLeases(db: Queryable, tokens: { first: string; last: string }): Promise<number> {
  const { rowCount } = await db.query({
    name: 'end_leases',
    text: END_LEASES,
    values: [tokens.first, tokens.last],
  });
  return rowCount ?? 0;
}
