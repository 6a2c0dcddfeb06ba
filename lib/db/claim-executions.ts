import { boundsOf } from './execution-bounds.ts';
import { idsIn } from './id-text.ts';
import { plainArray } from './plain-array.ts';
import type { Queryable } from './pool.ts';

export type ClaimRequest = {
  executions: readonly { id: number; executionTime: Date }[];
  claimToken: string;
  now: Date;
  /** Only executions that are due by this instant can be claimed. So a retry cannot be claimed during its backoff. */
  dueBy: Date;
  leaseExpiresAt: Date;
};

export type ClaimedExecution = {
  id: number;
  jobRevision: number;
  retryCount: number;
  /** How often the target has put the execution off without spending a retry. */
  putOffCount: number;
  /** When a later attempt was due; null for a first attempt, which is due at the execution time. */
  retryDueAt: Date | null;
};

// This statement alone decides which worker runs an execution. An execution can be claimed when no worker holds it.
// Only `freeExpiredClaims` frees the executions of a vanished worker. A claim can be repeated with the same token, in
// case the reply to the first claim was lost.
//
// Ids are unique over all partitions. The bounds on the execution time prune partitions: a generic plan does so at its
// start with scalars, and cannot do so with an array. The plan must not depend on statistics, which a new partition
// lacks. So the statement uses `any` instead of a join on unnest, and `not in` instead of an equivalent `in`, with
// which the plan could read the whole index of waiting executions.
//
// Measured with 100,000 executions that were claimed and recorded on one connection, with 5 to 90 partitions, the last
// one never analysed: 32,000 to 44,000 per second in batches of 100, and 45,000 to 63,000 in batches of 500. With `in`
// and the times as an array: 22,000 to 25,000, and 32,000 to 43,000.
//
// Once a failure has marked its job to be paused, no occurrence of the job is claimed: the pause follows within moments, and cancels
// them. Usually no job has a mark, and one look at an empty index tells so for the whole batch.
//
// Executions that differ only in their ids share a row: the driver takes about a microsecond for a row, and most executions
// are first attempts.
const CLAIM_EXECUTIONS = /* sql */ `
  with claimed as (
    update job_executions
       set status = 'RUNNING', claim_token = $3, lease_expires_at = $4, started_at = $5, updated_at = $5
     where id = any($1::bigint[])
       and execution_time >= $2
       and execution_time < $7
       and (status not in ('RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED') or claim_token = $3)
       and due_at <= $6
       and (trigger <> 'SCHEDULE'
            or not (select exists (select from failing_jobs where must_pause))
            or (select true from failing_jobs f where f.job_id = job_executions.job_id and f.must_pause limit 1) is null)
    returning id, job_revision, retry_count, put_off_count,
              case when retry_count + put_off_count > 0 then due_at end as retry_due_at
  )
  select string_agg(id::text, ',') as ids, job_revision as "jobRevision", retry_count as "retryCount",
         put_off_count as "putOffCount", retry_due_at as "retryDueAt"
    from claimed
   group by job_revision, retry_count, put_off_count, retry_due_at`;

/**
 * Claims executions, and returns the ones that now belong only to the caller. The others were claimed by another worker,
 * were withdrawn, or are not due. The call may be repeated until the caller has received a reply. After that, a
 * repeated claim would run the executions twice.
 */
export async function claimExecutions(db: Queryable, request: ClaimRequest): Promise<ClaimedExecution[]> {
  if (request.executions.length === 0) return [];
  const { from, to } = boundsOf(request.executions);
  const { rows } = await db.query<Omit<ClaimedExecution, 'id'> & { ids: string }>({
    name: 'claim_executions',
    text: CLAIM_EXECUTIONS,
    values: [
      plainArray(request.executions.map((execution) => execution.id)),
      from,
      request.claimToken,
      request.leaseExpiresAt,
      request.now,
      request.dueBy,
      to,
    ],
  });
  return rows.flatMap(({ ids, jobRevision, retryCount, putOffCount, retryDueAt }) =>
    idsIn(ids).map((id) => ({ id, jobRevision, retryCount, putOffCount, retryDueAt })),
  );
}
