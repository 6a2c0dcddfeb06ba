import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import { MAX_TOTAL, toTotal, type Total } from '../domain/total.ts';
import type { Listed } from './list-jobs.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';

/** The columns of a JobExecution. */
export const EXECUTION_COLUMNS = /* sql */ `
  id, job_id as "jobId", trigger, origin_id as "originId", status, execution_time as "executionTime",
  execution_duration as "executionDuration", retry_count as "retryCount", error_message as "errorMessage",
  reason, due_at as "dueAt", started_at as "startedAt", finished_at as "finishedAt",
  skipped_from as "skippedFrom", skipped_count as "skippedCount",
  lateness_ms as "latenessMs", status_code as "statusCode", cancel_requested_at as "cancelRequestedAt",
  created_at as "createdAt", updated_at as "updatedAt"`;

/** The microseconds of the execution time since the epoch. JavaScript's dates have only milliseconds. */
export const EXECUTION_TIME_US = /* sql */ `
  (extract(epoch from execution_time) * 1000000)::bigint as "timeUs"`;

/** An execution with its exact execution time, for the position of the next page. */
export type PlacedExecution = JobExecution & { timeUs: number };

export type ExecutionPage = {
  limit: number;
  /** The page begins after this execution time, in microseconds. The default is the start of the list. */
  afterUs?: number | undefined;
  /** The number of executions after `afterUs` to skip. */
  offset: number;
};

// Reads the index that makes an occurrence unique, from its end. It skips future executions, which are no more than the
// ticks dispatch ahead.
const LIST_HISTORY = /* sql */ `
  select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
    from job_executions
   where job_id = $1
     and status <> 'SCHEDULED'
     and execution_time < $4
   order by execution_time desc
   limit $2
  offset $3`;

const LIST_HISTORY_OF_STATUS = /* sql */ `
  select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
    from job_executions
   where job_id = $1
     and status = $5
     and execution_time < $4
   order by execution_time desc
   limit $2
  offset $3`;

type HistoryFilter = { status?: ExecutionStatus | undefined; until?: Date | undefined };

/**
 * Lists the executions of a job that have begun or ended, the latest execution time first, optionally of one status.
 *
 * @param page.until lists only executions before this time, if no status is given. Otherwise executions that were
 * cancelled before their time would come first, and hide the executions that ran.
 */
export async function listHistory(
  db: Queryable,
  jobId: number,
  { limit, offset, afterUs, status, until }: ExecutionPage & HistoryFilter,
): Promise<Listed<PlacedExecution>> {
  const after = afterUs === undefined ? 'infinity' : toTimestamp(afterUs);
  const isBeyond = until !== undefined && (afterUs === undefined || afterUs > until.getTime() * 1_000);
  const { rows } = await db.query<PlacedExecution>(
    status === undefined
      ? {
          name: 'list_history',
          text: LIST_HISTORY,
          values: [jobId, limit + 1, offset, isBeyond ? until : after],
        }
      : {
          name: 'list_history_of_status',
          text: LIST_HISTORY_OF_STATUS,
          values: [jobId, limit + 1, offset, after, status],
        },
  );
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

const COUNT_HISTORY = /* sql */ `
  select count(*) as count
    from (select
            from job_executions
           where job_id = $1
             and status <> 'SCHEDULED'
             and execution_time < $2
           limit $3) e`;
const COUNT_OF_STATUS = /* sql */ `
  select count(*) as count
    from (select from job_executions where job_id = $1 and status = $2 limit $3) e`;

/** Counts the executions that `listHistory` lists, up to the maximum of a total. */
export async function countHistory(
  db: Queryable,
  jobId: number,
  { status, until }: HistoryFilter,
): Promise<Total> {
  const { rows } = await db.query<{ count: number }>(
    status === undefined
      ? { name: 'count_history', text: COUNT_HISTORY, values: [jobId, until ?? 'infinity', MAX_TOTAL + 1] }
      : { name: 'count_of_status', text: COUNT_OF_STATUS, values: [jobId, status, MAX_TOTAL + 1] },
  );
  return toTotal(rows[0]?.count ?? 0);
}

// The status is a parameter. With a literal SCHEDULED, the plan could read the waiting executions of every job.
const LIST_UPCOMING = /* sql */ `
  select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
    from job_executions
   where job_id = $1
     and status = $5
     and execution_time > $4
   order by execution_time
   limit $2
  offset $3`;

/** Lists the executions of a job that wait for their first attempt, the earliest first. */
export async function listUpcoming(
  db: Queryable,
  jobId: number,
  { limit, offset, afterUs }: ExecutionPage,
): Promise<Listed<PlacedExecution>> {
  const after = afterUs === undefined ? '-infinity' : toTimestamp(afterUs);
  const { rows } = await db.query<PlacedExecution>({
    name: 'list_upcoming',
    text: LIST_UPCOMING,
    values: [jobId, limit + 1, offset, after, 'SCHEDULED'],
  });
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Tells whether the job has an execution with this execution time, in any status. */
export async function hasExecutionAt(db: Queryable, jobId: number, executionTime: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'has_execution_at',
    text: 'select from job_executions where job_id = $1 and execution_time = $2',
    values: [jobId, executionTime],
  });
  return rowCount === 1;
}

// Reads the index that makes an occurrence unique. It passes over occurrences that a caller had cancelled before.
const FIND_DISPATCHED_AFTER = /* sql */ `
  select id, execution_time as "executionTime"
    from job_executions
   where job_id = $1
     and execution_time > $2
     and trigger = 'SCHEDULE'
     and status <> 'SKIPPED'
     and created_at >= $3
   order by execution_time
   limit 1`;

/** Finds the first occurrence of a job after a SKIPPED one that was dispatched when that was written, or later. */
export async function findDispatchedAfter(
  db: Queryable,
  { jobId, executionTime, createdAt }: Pick<JobExecution, 'jobId' | 'executionTime' | 'createdAt'>,
): Promise<Pick<JobExecution, 'id' | 'executionTime'> | undefined> {
  const { rows } = await db.query<Pick<JobExecution, 'id' | 'executionTime'>>({
    name: 'find_dispatched_after',
    text: FIND_DISPATCHED_AFTER,
    values: [jobId, executionTime, createdAt],
  });
  return rows[0];
}
