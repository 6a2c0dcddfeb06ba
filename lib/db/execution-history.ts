import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import type { Listed } from './list-jobs.ts';
import type { Queryable } from './pool.ts';

/** The columns of a JobExecution. */
export const EXECUTION_COLUMNS = /* sql */ `
  id, job_id as "jobId", status, execution_time as "executionTime",
  execution_duration as "executionDuration", retry_count as "retryCount", error_message as "errorMessage",
  reason, due_at as "dueAt", started_at as "startedAt", finished_at as "finishedAt",
  lateness_ms as "latenessMs", status_code as "statusCode",
  created_at as "createdAt", updated_at as "updatedAt"`;

export type ExecutionPage = {
  limit: number;
  /** The page begins after this execution time. The default is the start of the list. */
  afterTime?: Date | undefined;
  /** The number of executions after `afterTime` to skip. */
  offset: number;
};

// Reads the index that makes an occurrence unique, from its end. It skips future executions, which are no more than the
// ticks dispatch ahead.
const LIST_HISTORY = /* sql */ `
  select ${EXECUTION_COLUMNS}
    from job_executions
   where job_id = $1
     and status <> 'SCHEDULED'
     and execution_time < $4
   order by execution_time desc
   limit $2
  offset $3`;

const LIST_HISTORY_OF_STATUS = /* sql */ `
  select ${EXECUTION_COLUMNS}
    from job_executions
   where job_id = $1
     and status = $5
     and execution_time < $4
   order by execution_time desc
   limit $2
  offset $3`;

const COUNT_HISTORY = /* sql */ `
  select count(*) as total
    from job_executions
   where job_id = $1
     and status <> 'SCHEDULED'
     and execution_time < $2`;
const COUNT_OF_STATUS = /* sql */ `
  select count(*) as total from job_executions where job_id = $1 and status = $2`;

/**
 * Lists the executions of a job that have begun or ended, the latest execution time first, optionally of one status.
 *
 * @param page.until lists only executions before this time, if no status is given. Otherwise executions that were
 * cancelled before their time would come first, and hide the executions that ran.
 */
export async function listHistory(
  db: Queryable,
  jobId: number,
  page: ExecutionPage & { status?: ExecutionStatus | undefined; until?: Date | undefined },
): Promise<Listed<JobExecution>> {
  const { limit, offset, afterTime, status, until } = page;
  const values = [jobId, limit + 1, offset, afterTime ?? 'infinity'];
  const isBeyond = until !== undefined && (afterTime === undefined || afterTime > until);
  const [items, count] = await Promise.all([
    status === undefined
      ? db.query<JobExecution>({
          name: 'list_history',
          text: LIST_HISTORY,
          values: isBeyond ? [jobId, limit + 1, offset, until] : values,
        })
      : db.query<JobExecution>({
          name: 'list_history_of_status',
          text: LIST_HISTORY_OF_STATUS,
          values: [...values, status],
        }),
    status === undefined
      ? db.query<{ total: number }>({
          name: 'count_history',
          text: COUNT_HISTORY,
          values: [jobId, until ?? 'infinity'],
        })
      : countOfStatus(db, jobId, status),
  ]);
  return toListed(items.rows, count.rows[0]?.total, limit);
}

// The status is a parameter. With a literal SCHEDULED, the plan could read the waiting executions of every job.
const LIST_UPCOMING = /* sql */ `
  select ${EXECUTION_COLUMNS}
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
  { limit, offset, afterTime }: ExecutionPage,
): Promise<Listed<JobExecution>> {
  const [items, count] = await Promise.all([
    db.query<JobExecution>({
      name: 'list_upcoming',
      text: LIST_UPCOMING,
      values: [jobId, limit + 1, offset, afterTime ?? '-infinity', 'SCHEDULED'],
    }),
    countOfStatus(db, jobId, 'SCHEDULED'),
  ]);
  return toListed(items.rows, count.rows[0]?.total, limit);
}

const countOfStatus = (db: Queryable, jobId: number, status: ExecutionStatus) =>
  db.query<{ total: number }>({ name: 'count_of_status', text: COUNT_OF_STATUS, values: [jobId, status] });

/** Builds a page from rows that were read with one row more than the page may have. */
const toListed = <T>(rows: readonly T[], total: number | undefined, limit: number): Listed<T> => ({
  items: rows.slice(0, limit),
  total: total ?? 0,
  hasMore: rows.length > limit,
});

/** Tells whether the job has an execution with this execution time, in any status. */
export async function hasExecutionAt(db: Queryable, jobId: number, executionTime: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'has_execution_at',
    text: 'select from job_executions where job_id = $1 and execution_time = $2',
    values: [jobId, executionTime],
  });
  return rowCount === 1;
}
