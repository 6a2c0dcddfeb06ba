import type { Queryable } from './pool.ts';

export type RunningExecution = { jobId: number; jobName: string | null; api: string; startedAt: Date };

const LIST_RUNNING = /* sql */ `
  select e.job_id as "jobId", j.name as "jobName", j.api, coalesce(e.started_at, e.updated_at) as "startedAt"
    from job_executions e
    join jobs j on j.id = e.job_id
   where e.status = 'RUNNING'
   order by e.lease_expires_at
   limit $1`;

/** Lists RUNNING executions, whose request is open or about to be sent. The earliest end of a lease comes first. */
export async function listRunningExecutions(db: Queryable, limit: number): Promise<RunningExecution[]> {
  const { rows } = await db.query<RunningExecution>({
    name: 'list_running_executions',
    text: LIST_RUNNING,
    values: [limit],
  });
  return rows;
}
