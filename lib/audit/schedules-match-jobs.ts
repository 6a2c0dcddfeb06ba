import type { DueSchedule } from '../db/job-schedules.ts';
import type { Queryable } from '../db/pool.ts';
import { nextTimeAfter } from '../domain/schedule/next-time.ts';
import { listActiveJobs, type AuditedJob } from './active-jobs.ts';
import { readSchedule } from './read-schedule.ts';
import type { AuditRule } from './rule.ts';
import { toPage, walk, type Page } from './walk.ts';

/** Occurrences that are due within this time may have been dispatched already, also the last one of a schedule. */
const DISPATCHED_AHEAD_MS = 600_000;

export const schedulesMatchJobs: AuditRule = {
  name: 'schedules-match-jobs',
  promise: 'a job has a row in job_schedules if and only if it is active and has occurrences to dispatch',
  check: async (tx, { now, rowsPerPage }, report) => {
    await walk(
      report,
      0,
      (after) => findSchedulesOfStopped(tx, after, rowsPerPage),
      (found) => {
        for (const { jobId } of found) {
          report.finding({ jobId, detail: 'it is paused or deleted, but has a row in job_schedules' });
        }
      },
    );
    await walk(
      report,
      0,
      (after) => listActiveJobs(tx, after, rowsPerPage),
      (jobs) => {
        for (const job of jobs.filter((job) => lacksSchedule(job, now))) {
          report.finding({ jobId: job.id, detail: 'it has future occurrences, but no row in job_schedules' });
        }
      },
    );
  },
};

/**
 * Ignores jobs that do not recur: they have no schedule after dispatch, which the rule `occurrences-dispatched` checks.
 */
function lacksSchedule(job: AuditedJob, now: Date): boolean {
  if (job.nextExecutionTime !== null || !job.isRecurring) return false;
  const schedule = readSchedule(job);
  return schedule !== undefined && nextTimeAfter(schedule, now.getTime() + DISPATCHED_AHEAD_MS) !== undefined;
}

// The lateral subquery finds the job by its primary key. A plain join could read all jobs for each page.
const FIND_SCHEDULES_OF_STOPPED = /* sql */ `
  with page as materialized (
    select job_id, next_execution_time from job_schedules where job_id > $1 order by job_id limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(job_id) as last from page) p
    left join (
           select s.job_id as "jobId", s.next_execution_time as "nextExecutionTime"
             from page s
             cross join lateral (select is_active, deleted_at from jobs where id = s.job_id limit 1) j
            where not j.is_active
               or j.deleted_at is not null
         ) f on true`;

/** Finds schedules of paused and deleted jobs. */
export async function findSchedulesOfStopped(
  db: Queryable,
  afterJobId: number,
  limit: number,
): Promise<Page<number, DueSchedule>> {
  const { rows } = await db.query<DueSchedule & { read: number; last: number | null }>({
    name: 'audit_schedules_of_stopped',
    text: FIND_SCHEDULES_OF_STOPPED,
    values: [afterJobId, limit],
  });
  return toPage(rows, { limit, isFound: ({ jobId }) => jobId !== null });
}
