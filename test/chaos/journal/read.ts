import type { Pool } from '../../../lib/db/pool.ts';
import { inSnapshot } from '../../../lib/db/transaction.ts';
import { readBulkJobs, readOperations } from '../audit/operation-rules.ts';
import { BULK_GROUP } from '../traffic/operations.ts';
import type { Journal, StoredExecution, StoredJob, Transition } from './types.ts';

const JOBS = /* sql */ `
  select j.id, coalesce(j.name, '') as name, j.is_active as "isActive", j.deleted_at is not null as "isDeleted",
         (extract(epoch from s.next_execution_time) * 1000)::float8 as "nextMs",
         coalesce(f.failures_in_a_row, 0) as failures,
         (select (extract(epoch from min(a.at)) * 1000)::float8
            from audit_log a
           where a.subject = 'job' and a.subject_id = j.id
             and a.action = 'JOB_PAUSED'
             and a.actor ->> 'name' = 'pauseAfterFailures') as "pausedByRuleMs"
    from jobs j
    left join job_schedules s on s.job_id = j.id
    left join failing_jobs f on f.job_id = j.id
   where j.job_group is distinct from '${BULK_GROUP}'
   order by j.id`;

const EXECUTIONS = /* sql */ `
  select id, job_id as "jobId", (extract(epoch from execution_time) * 1000)::float8 as "executionMs",
         (extract(epoch from due_at) * 1000)::float8 as "dueMs", status, retry_count as "retryCount",
         put_off_count as "putOffCount",
         trigger, origin_id as "originId", cancel_requested_at is not null as "isCancelled",
         is_withdrawn as "isWithdrawn", status_code as "statusCode", reason, error_message as "errorMessage"
    from job_executions
   order by job_id, execution_time`;

const TRANSITIONS = /* sql */ `
  select seq, (extract(epoch from logged_at) * 1000)::float8 as "atMs", environment,
         execution_id as "executionId", job_id as "jobId",
         (extract(epoch from execution_time) * 1000)::float8 as "executionMs",
         from_status as "from", to_status as "to", from_token as "fromToken", to_token as "toToken",
         job_revision as "jobRevision", retry_count as "retryCount", put_off_count as "putOffCount",
         (extract(epoch from due_at) * 1000)::float8 as "dueMs",
         (extract(epoch from lease_expires_at) * 1000)::float8 as "leaseExpiresMs", error_message as "errorMessage"
    from chaos.transitions
   order by seq`;

type Row = Omit<StoredJob, 'nextMs' | 'pausedByRuleMs'> & {
  nextMs: number | null;
  pausedByRuleMs: number | null;
};

type Stored = Pick<Journal, 'stored' | 'bulkJobs' | 'storedOperations' | 'executions' | 'transitions'>;

/** Reads PostgreSQL for the journal, in one snapshot: ticks continue, and move schedules during the reads. */
export async function readStored(pool: Pool): Promise<Stored> {
  const { jobs, bulkJobs, operations, executions, transitions } = await inSnapshot(pool, async (tx) => ({
    jobs: await tx.query<Row>(JOBS),
    bulkJobs: await readBulkJobs(tx),
    operations: await readOperations(tx),
    executions: await tx.query<StoredExecution>(EXECUTIONS),
    transitions: await tx.query<Omit<Transition, 'from'> & { from: Transition['from'] | null }>(TRANSITIONS),
  }));
  return {
    stored: jobs.rows.map((row) => ({
      ...row,
      nextMs: row.nextMs ?? undefined,
      pausedByRuleMs: row.pausedByRuleMs ?? undefined,
    })),
    bulkJobs,
    storedOperations: operations,
    executions: executions.rows,
    transitions: transitions.rows.map((row) => ({ ...row, from: row.from ?? undefined })),
  };
}
