import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { toPage, walk, type Page } from './walk.ts';

export const failingJobsPaused: AuditRule = {
  name: 'failing-jobs-paused',
  promise:
    'Belfry pauses a job when pauseAfterFailures of its executions in a row have failed, and not before',
  check: async (tx, { now, overdueMs, rowsPerPage, journal }, report) => {
    const pausedBefore = new Date(now.getTime() - overdueMs);
    await walk(
      report,
      0,
      (after) => findWrongPauses(tx, { after, limit: rowsPerPage, pausedBefore }),
      (found) => {
        for (const { jobId, failures, allowed, isActive, isDecided } of found) {
          const detail = `it is ${isActive ? 'active' : 'paused'} after ${failures} failures in a row, and pauseAfterFailures is ${allowed}`;
          if (isDecided || journal !== undefined) report.finding({ jobId, detail });
          else report.undecided();
        }
      },
    );
  },
};

type WrongPause = { jobId: number; failures: number; allowed: number; isActive: boolean; isDecided: boolean };

// The failures before the job was last resumed do not count. A mark that the job must be paused waits for a tick. When the job was
// changed after its last failure, its limit may have been another one. Subqueries with a limit read the job and the last failure once
// for each failing job: a join could read the whole tables.
const FIND_WRONG_PAUSES = /* sql */ `
  with page as materialized (
    select job_id, failures_in_a_row - failures_before_resume as failures, last_failed_time, must_pause, paused_at
      from failing_jobs
     where job_id > $1
     order by job_id
     limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(job_id) as last from page) p
    left join (
           select c.job_id as "jobId", c.failures, j.pause_after_failures as allowed, j.is_active as "isActive",
                  j.updated_at <= coalesce(c.paused_at, e.updated_at) as "isDecided"
             from page c
             cross join lateral (
                    select is_active, pause_after_failures, updated_at
                      from jobs
                     where id = c.job_id
                       and pause_after_failures is not null
                       and deleted_at is null
                     limit 1) j
             cross join lateral (
                    select updated_at
                      from job_executions
                     where job_id = c.job_id
                       and execution_time = c.last_failed_time
                     limit 1) e
            where case
                    when j.is_active
                      then c.failures >= j.pause_after_failures and (not c.must_pause or e.updated_at < $3)
                    else c.paused_at is not null and c.failures < j.pause_after_failures
                  end
         ) f on true`;

/** Finds failing jobs that should be paused and are not, or were paused too early. */
export async function findWrongPauses(
  db: Queryable,
  { after, limit, pausedBefore }: { after: number; limit: number; pausedBefore: Date },
): Promise<Page<number, WrongPause>> {
  const { rows } = await db.query<WrongPause & { read: number; last: number | null }>({
    name: 'audit_wrong_pauses',
    text: FIND_WRONG_PAUSES,
    values: [after, limit, pausedBefore],
  });
  return toPage(rows, { limit, isFound: ({ jobId }) => jobId !== null });
}
