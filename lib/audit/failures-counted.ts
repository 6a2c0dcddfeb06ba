import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { toPage, walk, type Page } from './walk.ts';

/** Compares the count of each failing job with its executions. */
export const failuresCounted: AuditRule = {
  name: 'failures-counted',
  promise: 'the count of a failing job is the number of its latest executions that ended FAILED',
  check: async (tx, { since, rowsPerPage }, report) => {
    await walk(
      report,
      0,
      (after) => findMiscounted(tx, { after, limit: rowsPerPage, since }),
      (found) => {
        for (const { jobId, counted, failed, isDecided } of found) {
          const detail = `its count is ${counted}, and ${failed} of its latest executions ended FAILED`;
          if (isDecided) report.finding({ jobId, detail });
          else report.undecided();
        }
      },
    );
  },
};

type Miscounted = { jobId: number; counted: number; failed: number; isDecided: boolean };

// A job whose failures began before the window is left out, because retention may have dropped some of them; and one that has
// succeeded since, because the next tick removes its row. When executions ended in another order than that of their times, the
// count follows the order in which they ended, so such a job is not decided. Subqueries with a limit are run once per job: a join
// could read the whole table. The statuses are no constants, so that no index of all failed executions serves them.
const FIND_MISCOUNTED = /* sql */ `
  with page as materialized (
    select job_id, failures_in_a_row, failing_since, last_failed_time
      from failing_jobs
     where job_id > $1
     order by job_id
     limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(job_id) as last from page) p
    left join (
           select c.job_id as "jobId", c.failures_in_a_row as counted, n.failed,
                  n.first_end >= c.failing_since
                    and coalesce(s.updated_at < c.failing_since, true) as "isDecided"
             from page c
             left join lateral (
                    select e.execution_time, e.updated_at
                      from job_executions e
                     where e.job_id = c.job_id
                       and e.status = (select 'SUCCESS')
                       and e.execution_time < c.last_failed_time
                       and e.trigger <> 'CALLBACK'
                     order by e.execution_time desc
                     limit 1) s on true
             cross join lateral (
                    select count(*)::int as failed, min(e.updated_at) as first_end
                      from (select updated_at
                              from job_executions e
                             where e.job_id = c.job_id
                               and e.status = (select 'FAILED')
                               and e.execution_time <= c.last_failed_time
                               and e.execution_time > coalesce(s.execution_time, '-infinity')
                               and e.trigger <> 'CALLBACK'
                             order by e.execution_time desc
                             limit c.failures_in_a_row + 1) e) n
            where c.failing_since >= $3
              and n.failed <> c.failures_in_a_row
              and (select true
                     from job_executions e
                    where e.job_id = c.job_id
                      and e.status = (select 'SUCCESS')
                      and e.execution_time > c.last_failed_time
                      and e.trigger <> 'CALLBACK'
                    limit 1) is null
         ) f on true`;

/** Finds failing jobs with another count than their executions show. */
export async function findMiscounted(
  db: Queryable,
  { after, limit, since }: { after: number; limit: number; since: Date },
): Promise<Page<number, Miscounted>> {
  const { rows } = await db.query<Miscounted & { read: number; last: number | null }>({
    name: 'audit_failures_counted',
    text: FIND_MISCOUNTED,
    values: [after, limit, since],
  });
  return toPage(rows, { limit, isFound: ({ jobId }) => jobId !== null });
}
