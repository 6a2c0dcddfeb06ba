import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { reportAll } from './walk.ts';

export const claimsEnd: AuditRule = {
  name: 'claims-end',
  promise: 'the next tick frees every claim whose lease has ended',
  check: async (tx, { now, leaseGraceMs, maxFindings }, report) => {
    const before = new Date(now.getTime() - leaseGraceMs);
    const claims = await findExpiredClaims(tx, before, maxFindings + 1);
    reportAll(report, claims, ({ leaseExpiresAt, ...execution }) => ({
      ...execution,
      detail: `still RUNNING, but its lease ended at ${leaseExpiresAt.toISOString()}`,
    }));
  },
};

type ExpiredClaim = { executionId: number; jobId: number; executionTime: Date; leaseExpiresAt: Date };

// Reads the index of leases, which contains only running executions.
const FIND_EXPIRED_CLAIMS = /* sql */ `
  select id as "executionId", job_id as "jobId", execution_time as "executionTime",
         lease_expires_at as "leaseExpiresAt"
    from job_executions
   where status = 'RUNNING'
     and lease_expires_at < $1
   order by lease_expires_at
   limit (select $2::integer)`;

/** Finds executions that are still RUNNING although their lease ended before the instant, the oldest first. */
export async function findExpiredClaims(db: Queryable, before: Date, limit: number): Promise<ExpiredClaim[]> {
  const { rows } = await db.query<ExpiredClaim>({
    name: 'audit_expired_claims',
    text: FIND_EXPIRED_CLAIMS,
    values: [before, limit],
  });
  return rows;
}
