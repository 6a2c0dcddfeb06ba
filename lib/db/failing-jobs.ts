import type { Queryable } from './pool.ts';

// Looks for the first success after the last failure of each job, by the index of job, status and execution time. The
// deletion compares the failure again: an execution that failed in the meantime keeps the row, and has reported the
// recovery itself.
const END_RECOVERED = /* sql */ `
  with failing as (
    select job_id, last_failed_time
      from failing_jobs
     where job_id > $1
     order by job_id
     limit $2
  ), found as (
    select f.job_id, f.last_failed_time, s.id, s.execution_time
      from failing f
      cross join lateral (
        select e.id, e.execution_time
          from job_executions e
         where e.job_id = f.job_id
           and e.status = 'SUCCESS'
           and e.execution_time > f.last_failed_time
           and e.trigger <> 'CALLBACK'
         order by e.execution_time
         limit 1) s
  ), ended as (
    delete from failing_jobs f
     using found s
     where f.job_id = s.job_id
       and f.last_failed_time = s.last_failed_time
    returning f.job_id, f.failures_in_a_row, f.failing_since, s.id, s.execution_time
  ), reported as (
    select report_execution('job.recovered', j, e, r.failures_in_a_row, r.failing_since, false, $3)
      from ended r
      join jobs j on j.id = r.job_id and j.deleted_at is null
      join job_executions e on e.id = r.id and e.execution_time = r.execution_time
  )
  select (select max(job_id) from failing) as "lastId", (select count(*) from failing) as seen,
         (select count(*) from reported) as reported`;

/** Removes the rows of jobs that have succeeded since, and writes the reports of their recovery, in the order of the job ids. */
export async function endRecovered(
  db: Queryable,
  { afterId, limit }: { afterId: number; limit: number },
  now: Date,
): Promise<{ seen: number; lastId: number | null }> {
  const { rows } = await db.query<{ seen: number; lastId: number | null }>({
    name: 'end_recovered',
    text: END_RECOVERED,
    values: [afterId, limit, now],
  });
  return rows[0] ?? { seen: 0, lastId: null };
}

/** Lists jobs that failed so often that they must be paused. */
export async function listJobsToPause(db: Queryable, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ jobId: number }>({
    name: 'list_jobs_to_pause',
    text: /* sql */ `select job_id as "jobId" from failing_jobs where must_pause order by job_id limit $1`,
    values: [limit],
  });
  return rows.map(({ jobId }) => jobId);
}

const TAKE_PAUSES = /* sql */ `
  update failing_jobs f
     set must_pause = false, paused_at = case when d.is_active then $3::timestamptz end
    from unnest($1::bigint[], $2::boolean[]) d (job_id, is_active)
   where f.job_id = d.job_id
     and f.must_pause
  returning f.job_id as "jobId"`;

/**
 * Removes the marks of jobs that must be paused, and returns the ids of the jobs that had one. A job that was resumed in the meantime
 * has none. Call it in the transaction that has locked the jobs.
 *
 * @param jobs jobs that are not active were paused already, by a person.
 */
export async function takePauses(
  tx: Queryable,
  jobs: readonly { id: number; isActive: boolean }[],
  now: Date,
): Promise<number[]> {
  const { rows } = await tx.query<{ jobId: number }>({
    name: 'take_pauses',
    text: TAKE_PAUSES,
    values: [jobs.map(({ id }) => id), jobs.map(({ isActive }) => isActive), now],
  });
  return rows.map(({ jobId }) => jobId);
}

// A subquery reads each job by its primary key. A join could read the whole table.
const COUNT_FAILING_REPEATEDLY = /* sql */ `
  select count(*) as count
    from (select f.job_id
            from (select job_id
                    from failing_jobs
                   where paused_at is null
                     and failures_in_a_row >= 3
                   order by failures_in_a_row desc, job_id
                   offset 0) f
           where (select j.is_active from jobs j where j.id = f.job_id)
           limit $1) f`;

/** Counts active jobs with at least three failures in a row, up to a maximum. */
export async function countFailingRepeatedly(db: Queryable, max: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_failing_repeatedly',
    text: COUNT_FAILING_REPEATEDLY,
    values: [max],
  });
  return rows[0]?.count ?? 0;
}
