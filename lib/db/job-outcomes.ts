// How the executions of a job `j` ended. These are scalar subqueries, which are run once per job, by the index of job, status
// and execution time. A join or `exists` could be hashed, which reads a whole table.

const SUCCESS_SINCE = /* sql */ `
  (select true
     from job_executions e
    where e.job_id = f.job_id
      and e.status = 'SUCCESS'
      and e.execution_time > f.last_failed_time
      and e.trigger <> 'CALLBACK'
    limit 1)`;

/** Whether its last execution failed. A tick removes the row of a failing job some time after its next success. */
export const IS_FAILING = /* sql */ `
  (select ${SUCCESS_SINCE} is null from failing_jobs f where f.job_id = j.id)`;

export const HAS_SUCCEEDED = /* sql */ `
  (select true
     from job_executions e
    where e.job_id = j.id
      and e.status = 'SUCCESS'
      and e.trigger <> 'CALLBACK'
    limit 1)`;

/** Reads the row of a failing job by its primary key. Other jobs look for nothing. */
export const FAILURES_IN_A_ROW = /* sql */ `
  coalesce(
    (select f.failures_in_a_row from failing_jobs f where f.job_id = j.id and ${SUCCESS_SINCE} is null),
    0
  ) as "failuresInARow"`;

export const LAST_OUTCOME = /* sql */ `
  case when ${IS_FAILING} then 'FAILED' when ${HAS_SUCCEEDED} then 'SUCCESS' end as "lastOutcome"`;
