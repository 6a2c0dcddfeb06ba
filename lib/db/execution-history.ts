import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import type { Queryable } from './pool.ts';

const COLUMNS = /* sql */ `
  id, job_id as "jobId", status, execution_time as "executionTime", execution_duration as "executionDuration",
  retry_count as "retryCount", error_message as "errorMessage", created_at as "createdAt", updated_at as "updatedAt"`;

const LIST_EXECUTIONS = /* sql */ `
  select ${COLUMNS}
    from job_executions
   where job_id = $1
   order by execution_time desc
   limit $2
  offset $3`;

const LIST_EXECUTIONS_BY_STATUS = /* sql */ `
  select ${COLUMNS}
    from job_executions
   where job_id = $1
     and status = $4
   order by execution_time desc
   limit $2
  offset $3`;

const COUNT_EXECUTIONS = /* sql */ `select count(*) as total from job_executions where job_id = $1`;
const COUNT_EXECUTIONS_BY_STATUS = /* sql */ `
  select count(*) as total from job_executions where job_id = $1 and status = $2`;

/** A page of a job's executions, the latest execution time first, and how many there are; of one status if given. */
export async function listExecutions(
  db: Queryable,
  jobId: number,
  page: { limit: number; offset: number; status?: ExecutionStatus | undefined },
): Promise<{ items: JobExecution[]; total: number }> {
  const { limit, offset, status } = page;
  const [items, count] = await Promise.all([
    status === undefined
      ? db.query<JobExecution>({
          name: 'list_executions',
          text: LIST_EXECUTIONS,
          values: [jobId, limit, offset],
        })
      : db.query<JobExecution>({
          name: 'list_executions_by_status',
          text: LIST_EXECUTIONS_BY_STATUS,
          values: [jobId, limit, offset, status],
        }),
    status === undefined
      ? db.query<{ total: number }>({ name: 'count_executions', text: COUNT_EXECUTIONS, values: [jobId] })
      : db.query<{ total: number }>({
          name: 'count_executions_by_status',
          text: COUNT_EXECUTIONS_BY_STATUS,
          values: [jobId, status],
        }),
  ]);
  return { items: items.rows, total: count.rows[0]?.total ?? 0 };
}

/** Whether the job has an execution of this time, whatever became of it. */
export async function hasExecutionAt(db: Queryable, jobId: number, executionTime: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'has_execution_at',
    text: 'select from job_executions where job_id = $1 and execution_time = $2',
    values: [jobId, executionTime],
  });
  return rowCount === 1;
}
