import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import type { Listed } from './list-jobs.ts';
import type { Queryable } from './pool.ts';

const COLUMNS = /* sql */ `
  id, job_id as "jobId", status, execution_time as "executionTime", execution_duration as "executionDuration",
  retry_count as "retryCount", error_message as "errorMessage", created_at as "createdAt", updated_at as "updatedAt"`;

export type ExecutionPage = {
  limit: number;
  /** The page begins behind this execution time; left out: at the start of the list. */
  afterTime?: Date | undefined;
  /** How many executions behind `afterTime` are passed over. */
  offset: number;
};

// By the index that makes an occurrence unique, from its end on. What is still to come lies there too, and is passed over:
// no more of it than the ticks look ahead.
const LIST_HISTORY = /* sql */ `
  select ${COLUMNS}
    from job_executions
   where job_id = $1
     and status <> 'SCHEDULED'
     and execution_time < $4
   order by execution_time desc
   limit $2
  offset $3`;

const LIST_HISTORY_OF_STATUS = /* sql */ `
  select ${COLUMNS}
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
 * The executions of a job that have begun or ended, the latest execution time first; of one status if given.
 *
 * @param page.until only what is due before it, where no status is given: executions that were cancelled ahead of their
 * time would come first, and hide those that ran.
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

// The status as a parameter: known to be SCHEDULED it would let the plan read all that waits, of every job.
const LIST_UPCOMING = /* sql */ `
  select ${COLUMNS}
    from job_executions
   where job_id = $1
     and status = $5
     and execution_time > $4
   order by execution_time
   limit $2
  offset $3`;

/** The executions of a job that wait for their first attempt, the earliest first. */
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

/** One more was asked for than the page may have. */
const toListed = <T>(rows: readonly T[], total: number | undefined, limit: number): Listed<T> => ({
  items: rows.slice(0, limit),
  total: total ?? 0,
  hasMore: rows.length > limit,
});

/** Whether the job has an execution of this time, whatever became of it. */
export async function hasExecutionAt(db: Queryable, jobId: number, executionTime: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'has_execution_at',
    text: 'select from job_executions where job_id = $1 and execution_time = $2',
    values: [jobId, executionTime],
  });
  return rowCount === 1;
}
