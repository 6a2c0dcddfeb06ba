import type { Queryable } from '../db/pool.ts';
import { toPage, type Page } from './walk.ts';

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

// The limit counts the rows that are read, not the active jobs, so that a page always ends. It applies before the
// condition on `deleted_at`: without statistics, PostgreSQL expects that few rows meet it, and would read and sort all
// of them for each page. A subquery reads the schedule, because a join could read the whole table.
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

/** Lists the jobs that are not paused and not deleted, in the order of their ids. */
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
  return toPage(rows, { limit, isFound: ({ id }) => id !== null });
}
