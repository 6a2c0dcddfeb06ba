/**
 * Counts outcomes. Use it in a `with` of the statement that ends the executions, so that an outcome is counted if, and only if,
 * it is recorded. It reads another part of the `with`, whose name is `outcomes` and whose columns are `ended_at`,
 * `job_group`, `status`, and `duration_ms` and `lateness_ms`, which are null if no request was sent.
 *
 * It adds rows and updates none: workers never wait for each other, and a tick folds the rows later.
 */
export const COUNT_OUTCOMES = /* sql */ `
    insert into outcome_batches (minute, job_group, status, executions, durations_ms, latenesses_ms)
    select date_trunc('minute', ended_at, 'UTC'), job_group, status, count(*),
           coalesce(array_agg(duration_ms) filter (where duration_ms is not null), '{}'),
           coalesce(array_agg(lateness_ms) filter (where lateness_ms is not null), '{}')
      from outcomes
     group by 1, 2, 3`;
