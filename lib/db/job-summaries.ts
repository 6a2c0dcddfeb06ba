import type { JobSummary, RecentRun } from '../domain/job-summary.ts';
import type { Queryable } from './pool.ts';

export type SummarisedJob = Pick<JobSummary, 'id' | 'key' | 'name' | 'api' | 'isDeleted'> & {
  schedule: string;
  timeZone: string;
};

const FIND_SUMMARISED_JOBS = /* sql */ `
  select id, key, name, api, deleted_at is not null as "isDeleted", schedule, time_zone as "timeZone"
    from jobs
   where id = any($1::bigint[])
   order by id`;

/** Finds jobs, deleted ones included. */
export async function findSummarisedJobs(db: Queryable, ids: readonly number[]): Promise<SummarisedJob[]> {
  const { rows } = await db.query<SummarisedJob>({
    name: 'find_summarised_jobs',
    text: FIND_SUMMARISED_JOBS,
    values: [ids],
  });
  return rows;
}

// Reads the end of the index that makes an occurrence unique, once for each job. Future executions are skipped, and are no more
// than the ticks dispatch ahead. The limit is a query, whose result the planner does not know: where it expects a job to have
// fewer executions than the limit, it would read all of them and sort them.
const LIST_RECENT_RUNS = /* sql */ `
  select j.id as "jobId", e.*
    from unnest($1::bigint[]) j (id)
   cross join lateral (
     select id as "executionId", execution_time as "executionTime", status, execution_duration as "durationMs"
       from job_executions
      where job_id = j.id
        and status <> 'SCHEDULED'
        and trigger <> 'CALLBACK'
        and execution_time < $2
        and execution_time >= $3
      order by execution_time desc
      limit (select $4::bigint)) e`;

/** Lists the last executions of jobs that have begun or ended, the latest of each job first. */
export async function listRecentRuns(
  db: Queryable,
  ids: readonly number[],
  { from, until, limit }: { from: Date; until: Date; limit: number },
): Promise<Map<number, RecentRun[]>> {
  const { rows } = await db.query<RecentRun & { jobId: number }>({
    name: 'list_recent_runs',
    text: LIST_RECENT_RUNS,
    values: [ids, until, from, limit],
  });
  const runs = new Map<number, RecentRun[]>();
  for (const { jobId, ...run } of rows) {
    const known = runs.get(jobId);
    if (known === undefined) runs.set(jobId, [run]);
    else known.push(run);
  }
  return runs;
}
