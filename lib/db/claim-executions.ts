import type { Queryable } from './pool.ts';

export type ClaimRequest = {
  executions: readonly { id: number; executionTime: Date }[];
  claimToken: string;
  now: Date;
  /** What is due by then may be claimed; a retry whose backoff has not passed may not, whatever the queue says. */
  dueBy: Date;
  leaseExpiresAt: Date;
};

export type ClaimedExecution = { id: number; jobRevision: number; retryCount: number };

// The one decision who runs an execution. It may be claimed when nobody holds it; a vanished worker's is freed by
// `freeExpiredClaims` alone.
// `any`, not a join on unnest: the plan must not depend on statistics that a young partition lacks.
const CLAIM_EXECUTIONS = /* sql */ `
  update job_executions
     set status = 'RUNNING', claim_token = $3, lease_expires_at = $4, started_at = $5, updated_at = $5
   where id = any($1::bigint[])
     and execution_time = any($2::timestamptz[])
     and status in ('SCHEDULED', 'RETRYING')
     and due_at <= $6
  returning id, job_revision as "jobRevision", retry_count as "retryCount"`;

/** Those of the executions that are now the caller's alone; the others were claimed, taken back, or are not due. */
export async function claimExecutions(db: Queryable, request: ClaimRequest): Promise<ClaimedExecution[]> {
  const { rows } = await db.query<ClaimedExecution>({
    name: 'claim_executions',
    text: CLAIM_EXECUTIONS,
    values: [
      request.executions.map((execution) => execution.id),
      request.executions.map((execution) => execution.executionTime),
      request.claimToken,
      request.leaseExpiresAt,
      request.now,
      request.dueBy,
    ],
  });
  return rows;
}
