import type { ExecutionStatus } from '../domain/execution.ts';
import type { Queryable } from './pool.ts';

export type ExecutionOutcome = {
  id: number;
  executionTime: Date;
  claimToken: string;
  status: 'SUCCESS' | 'FAILED' | 'RETRYING';
  durationMs: number;
  errorMessage: string | null;
  /** For RETRYING: when the retry is due. */
  dueAt: Date | null;
};

export type RecordedOutcome = { id: number; status: ExecutionStatus };

// No row back means that the claim was lost, and with it the right to report.
// `any` beside the join keeps the plan on the primary key: joined on unnest alone, a partition without statistics
// turns into a hash join over all of it, and a worker fell from 9,900 executions a second to 1,000.
const RECORD_OUTCOMES = /* sql */ `
  update job_executions e
     set status = case when d.status = 'RETRYING' and e.is_withdrawn then 'FAILED' else d.status end,
         execution_duration = d.duration_ms,
         error_message = d.error_message,
         retry_count = e.retry_count + case when d.status = 'RETRYING' and not e.is_withdrawn then 1 else 0 end,
         due_at = coalesce(d.due_at, e.due_at),
         claim_token = null,
         lease_expires_at = null,
         updated_at = $8
    from unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::timestamptz[])
           d (id, execution_time, claim_token, status, duration_ms, error_message, due_at)
   where e.id = any($1::bigint[])
     and e.execution_time = any($2::timestamptz[])
     and e.id = d.id
     and e.execution_time = d.execution_time
     and e.claim_token = d.claim_token
     and e.status = 'RUNNING'
  returning e.id, e.status`;

/** Records what became of attempts and returns what was written; outcomes of lost claims are left out. */
export async function recordOutcomes(
  db: Queryable,
  outcomes: readonly ExecutionOutcome[],
  now: Date,
): Promise<RecordedOutcome[]> {
  const { rows } = await db.query<RecordedOutcome>({
    name: 'record_outcomes',
    text: RECORD_OUTCOMES,
    values: [
      outcomes.map((outcome) => outcome.id),
      outcomes.map((outcome) => outcome.executionTime),
      outcomes.map((outcome) => outcome.claimToken),
      outcomes.map((outcome) => outcome.status),
      outcomes.map((outcome) => outcome.durationMs),
      outcomes.map((outcome) => outcome.errorMessage),
      outcomes.map((outcome) => outcome.dueAt),
      now,
    ],
  });
  return rows;
}
