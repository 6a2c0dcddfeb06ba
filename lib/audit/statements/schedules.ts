import type { DueSchedule } from '../../db/job-schedules.ts';
import type { Queryable } from '../../db/pool.ts';
import type { Page } from './walk-executions.ts';

const FIND_OVERDUE_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time < $1
     and (unreadable_until is null or unreadable_until < $1)
   order by next_execution_time
   limit (select $2::integer)`;

/** Schedules whose next time came before the instant, the oldest first. */
export async function findOverdueSchedules(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<DueSchedule[]> {
  const { rows } = await db.query<DueSchedule>({
    name: 'audit_overdue_schedules',
    text: FIND_OVERDUE_SCHEDULES,
    values: [before, limit],
  });
  return rows;
}

// The job by its primary key: a join could read all jobs for each page.
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

/** Schedules of jobs that are paused or deleted. */
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
  const { read = 0, last = null } = rows[0] ?? {};
  const found = rows
    .filter((row) => row.jobId !== null)
    .map(({ jobId, nextExecutionTime }) => ({ jobId, nextExecutionTime }));
  return { read, last: read < limit || last === null ? undefined : last, found };
}

export type AuditedJob = {
  id: number;
  revision: number;
  schedule: string;
  timeZone: string;
  isRecurring: boolean;
  createdAt: Date;
  updatedAt: Date;
  nextExecutionTime: Date | null;
};

// The limit counts what is read, not what is active, so that a page has an end; and without statistics what is not
// deleted is taken for so little that all of it would be read and sorted for each page. The schedule comes by a
// subquery: a join could read the whole table.
const LIST_ACTIVE_JOBS = /* sql */ `
  with page as materialized (
    select id, revision, schedule, time_zone, is_recurring, is_active, deleted_at, created_at, updated_at
      from jobs
     where id > $1
     order by id
     limit $2
  )
  select p.read, p.last, f.*
    from (select count(*) as read, max(id) as last from page) p
    left join (
           select j.id, j.revision, j.schedule, j.time_zone as "timeZone", j.is_recurring as "isRecurring",
                  j.created_at as "createdAt", j.updated_at as "updatedAt",
                  (select s.next_execution_time from job_schedules s where s.job_id = j.id) as "nextExecutionTime"
             from page j
            where j.is_active
              and j.deleted_at is null
         ) f on true
   order by f.id`;

/** The jobs that are neither paused nor deleted, in the order of their ids. */
export async function listActiveJobs(
  db: Queryable,
  afterId: number,
  limit: number,
): Promise<Page<number, AuditedJob>> {
  const { rows } = await db.query<AuditedJob & { read: number; last: number | null }>({
    name: 'audit_active_jobs',
    text: LIST_ACTIVE_JOBS,
    values: [afterId, limit],
  });
  const { read = 0, last = null } = rows[0] ?? {};
  return {
    read,
    last: read < limit || last === null ? undefined : last,
    found: rows.filter((row) => row.id !== null),
  };
}
