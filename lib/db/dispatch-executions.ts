import type { Dispatcher } from '../domain/execution-record.ts';
import { limits } from '../domain/job.ts';
import {
  ATTEMPT_RULE_COLUMNS,
  followUrl,
  type AttemptRules,
  type QueuedRequest,
  QUEUED_REQUEST_COLUMNS,
  type UnscheduledPart,
} from './job-requests.ts';
import { instantArray, plainArray } from './plain-array.ts';
import type { Queryable } from './pool.ts';

export type NewExecution = { jobId: number; jobRevision: number; executionTime: Date };
export type DispatchedExecution = { id: number; jobId: number; executionTime: Date };

// An occurrence is one row, even if several ticks dispatch it. An occurrence that was cancelled before it ran can be dispatched again,
// unless a caller cancelled just this execution. It then gets a new id, so that an old entry in the queue can no longer be claimed.
const INSERT_EXECUTIONS = /* sql */ `
  insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at,
                              late_dispatch_by)
  select d.job_id, d.job_revision, 'SCHEDULED', d.execution_time, d.execution_time, $4, $4,
         case when d.execution_time < $4 then $5::text end
    from unnest($1::bigint[], $2::integer[], $3::timestamptz[]) d (job_id, job_revision, execution_time)
      on conflict (job_id, execution_time) do update
     set id = excluded.id,
         job_revision = excluded.job_revision,
         status = excluded.status,
         due_at = excluded.due_at,
         error_message = null,
         reason = null,
         finished_at = null,
         late_dispatch_by = excluded.late_dispatch_by,
         requeued_at = null,
         snooze_count = null,
         snoozed_ms = null,
         held_back_count = null,
         held_back_ms = null,
         created_at = excluded.created_at,
         updated_at = excluded.updated_at
   where job_executions.status = 'CANCELLED'
     and job_executions.started_at is null
     and job_executions.cancel_requested_at is null
  returning id, job_id as "jobId", execution_time as "executionTime"`;

/** Writes the executions of these occurrences, and returns the new ones. Call it in the transaction of the tick. */
export async function insertExecutions(
  tx: Queryable,
  executions: readonly NewExecution[],
  now: Date,
  by: Dispatcher = 'TICK',
): Promise<DispatchedExecution[]> {
  const { rows } = await tx.query<DispatchedExecution>({
    name: 'insert_executions',
    text: INSERT_EXECUTIONS,
    values: [
      plainArray(executions.map((execution) => execution.jobId)),
      plainArray(executions.map((execution) => execution.jobRevision)),
      instantArray(executions.map((execution) => execution.executionTime)),
      now,
      by,
    ],
  });
  return rows;
}

/** A waiting execution, with the request as its job describes it now. */
export type WaitingExecution = QueuedRequest &
  AttemptRules &
  UnscheduledPart & {
    id: number;
    jobId: number;
    revision: number;
    executionTime: Date;
    dueAt: Date;
    isRetry: boolean;
  };

// The range of ids repeats what the list says. Without it, the planner expects that a partition without statistics
// contains most of a few hundred ids, and reads the whole partition.
const FIND_EXECUTION_REQUESTS = /* sql */ `
  select e.id, e.job_id as "jobId", e.job_revision as revision, e.execution_time as "executionTime",
         e.due_at as "dueAt", e.retry_count + e.put_off_count > 0 as "isRetry",
         e.trigger, e.origin_id as "originId", e.request_body is not null as "hasOwnBody", e.request_url as "requestUrl",
         ${ATTEMPT_RULE_COLUMNS}, ${QUEUED_REQUEST_COLUMNS}
    from job_executions e
    join jobs j on j.id = e.job_id
    cross join lateral (select $4::integer as most, coalesce(e.request_body, j.body) as body) b
   where e.id = any($1::bigint[])
     and e.id between $2 and $3
     and e.status in ('SCHEDULED', 'RUNNING', 'RETRYING')`;

/** Finds the open executions with these ids, for a queue or a worker whose payloads are lost or outdated. */
export async function findExecutionRequests(
  db: Queryable,
  ids: readonly number[],
): Promise<WaitingExecution[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<WaitingExecution>({
    name: 'find_execution_requests',
    text: FIND_EXECUTION_REQUESTS,
    values: [ids, Math.min(...ids), Math.max(...ids), limits.queuedRequestBytes],
  });
  return rows.map(followUrl);
}
