import { boundsOf } from './execution-bounds.ts';
import type { Queryable } from './pool.ts';

export type ClaimRequest = {
  executions: readonly { id: number; executionTime: Date }[];
  claimToken: string;
  now: Date;
  /** What is due by then may be claimed; a retry whose backoff has not passed may not, whatever the queue says. */
  dueBy: Date;
  leaseExpiresAt: Date;
};

export type ClaimedExecution = {
  id: number;
  jobRevision: number;
  retryCount: number;
  /** When the retry was due; null for a first attempt, which is due at the execution time. */
  retryDueAt: Date | null;
};

// The one decision who runs an execution. It may be claimed when nobody holds it; a vanished worker's is freed by
// `freeExpiredClaims` alone. Under the token that it has it may be claimed again: the answer to the first claim was lost.
//
// Ids are unique over all partitions; the bounds are there to prune partitions, which a generic plan does at its start
// with scalars and cannot do with an array. `any`, not a join on unnest, and `not in` where `in` says the same: the plan
// must not depend on statistics that a young partition lacks, and `in` would let it read the whole index of what waits.
// 100,000 executions claimed and recorded on one connection, 5 to 90 partitions, the last one never analysed: 32,000 to
// 44,000 a second in batches of 100 and 45,000 to 63,000 of 500; with `in` and the times as an array, 22,000 to 25,000 and
// 32,000 to 43,000.
const CLAIM_EXECUTIONS = /* sql */ `
  update job_executions
     set status = 'RUNNING', claim_token = $3, lease_expires_at = $4, started_at = $5, updated_at = $5
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $7
     and (status not in ('RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED') or claim_token = $3)
     and due_at <= $6
  returning id, job_revision as "jobRevision", retry_count as "retryCount",
            case when retry_count > 0 then due_at end as "retryDueAt"`;

/**
 * Those of the executions that are now the caller's alone; the others were claimed, taken back, or are not due. May be
 * repeated while it has not been answered: a caller that was, and asks again, would run them twice.
 */
export async function claimExecutions(db: Queryable, request: ClaimRequest): Promise<ClaimedExecution[]> {
  if (request.executions.length === 0) return [];
  const { from, to } = boundsOf(request.executions);
  const { rows } = await db.query<ClaimedExecution>({
    name: 'claim_executions',
    text: CLAIM_EXECUTIONS,
    values: [
      request.executions.map((execution) => execution.id),
      from,
      request.claimToken,
      request.leaseExpiresAt,
      request.now,
      request.dueBy,
      to,
    ],
  });
  return rows;
}
