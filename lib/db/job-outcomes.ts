// How the executions of a job `j` ended. The planner looks at every partition for each mention of the executions, so each statement
// mentions them once: with three mentions, a page of jobs took 10 ms to plan. Subqueries are run once per job, by the index of job,
// status and execution time. A join could be hashed, which reads a whole table.

/** Whether the job of `f` has succeeded since its last failure, or ever, if it is not failing. */
const HAS_SUCCEEDED = /* sql */ `
  (select true
     from job_executions e
    where e.job_id = j.id
      and e.status = 'SUCCESS'
      and e.execution_time > coalesce(f.last_failed_time, '-infinity')
      and e.trigger <> 'CALLBACK'
    limit 1)`;

/** One row: the job has one in `failing_jobs` until a tick removes it, some time after its next success. */
const FAILING_ROW = /* sql */ `
  (values (j.id)) one (job_id) left join failing_jobs f on f.job_id = one.job_id`;

/** Tells whether the last outcome of a job is the one in `$10`. It looks for no success of a job that has not failed, if not asked. */
export const HAS_LAST_OUTCOME = /* sql */ `
  (select case
            when $10 = 'FAILED' and f.job_id is null then false
            else (${HAS_SUCCEEDED} is null) = ($10 = 'FAILED')
          end
     from ${FAILING_ROW})`;

/** A row `o` for a job `j`, with the columns of `OUTCOME_COLUMNS`. Without the offset, each of them would look for the success again. */
export const OUTCOME_OF_JOB = /* sql */ `
  lateral (
    select f.failures_in_a_row, ${HAS_SUCCEEDED} as has_succeeded,
           (select p.paused_at from paused_by_failures p where p.job_id = j.id) as paused_at
      from ${FAILING_ROW}
    offset 0
  ) o`;

export const OUTCOME_COLUMNS = /* sql */ `
  case when o.has_succeeded is null then coalesce(o.failures_in_a_row, 0) else 0 end as "failuresInARow",
  case when o.has_succeeded then 'SUCCESS' when o.failures_in_a_row is not null then 'FAILED' end as "lastOutcome",
  case when not j.is_active then o.paused_at end as "pausedByFailuresAt"`;
