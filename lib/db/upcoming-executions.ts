import type { JobExecution } from '../domain/execution.ts';
import { EXECUTION_COLUMNS } from './execution-history.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';

/** An execution that waits for its first attempt, with the microseconds of the instant at which it is due. */
export type WaitingExecution = JobExecution & { atUs: number };

type Place = { atUs: number; id: number };

const WAIT_IN_RANGE = /* sql */ `
  status in ('SCHEDULED', 'RETRYING')
  and (due_at, id) > ($1, $2)
  and due_at <= $3`;

// The index has retries too. At most `walked` entries are read, also when many of them are retries, and no more than the page
// needs. The last of them is looked for only if the page is not full. The planner must not know the limits, as in `WAITING_PAGE`.
const LIST_WAITING = /* sql */ `
  with found as materialized (
    select *
      from (
             select *
               from job_executions
              where ${WAIT_IN_RANGE}
              order by due_at, id
              limit (select $4::integer)
           ) walked
     where status = 'SCHEDULED'
     order by due_at, id
     limit (select $5::integer)
  ), last as (
    select *
      from job_executions
     where ${WAIT_IN_RANGE}
       and (select count(*) from found) < $5
     order by due_at, id
    offset (select $4::integer - 1)
     limit (select 1)
  )
  select ${EXECUTION_COLUMNS}, (extract(epoch from due_at) * 1000000)::bigint as "atUs", is_last as "isLast"
    from (select *, false as is_last from found
           union all
          select *, true from last) shown
   order by is_last, due_at, id`;

/**
 * Lists the executions of all jobs that wait for their first attempt, the earliest first.
 *
 * @param page.limit the maximum number of executions.
 * @param page.walked the maximum number of waiting executions that are read, retries included.
 * @returns last: where the list continues, if it has more and fewer than `limit` were found.
 */
export async function listWaiting(
  db: Queryable,
  page: { after: Place | undefined; until: Date; limit: number; walked: number },
): Promise<{ items: WaitingExecution[]; last: Place | undefined }> {
  const { after, until, limit, walked } = page;
  const { rows } = await db.query<WaitingExecution & { isLast: boolean }>({
    name: 'list_waiting',
    text: LIST_WAITING,
    values: [
      after === undefined ? '-infinity' : toTimestamp(after.atUs),
      after?.id ?? 0,
      until,
      walked,
      limit,
    ],
  });
  const last = rows.find(({ isLast }) => isLast);
  return {
    items: rows.filter(({ isLast }) => !isLast),
    last: last && { atUs: last.atUs, id: last.id },
  };
}

/** The schedule of a job with its next occurrence that no tick has dispatched. */
export type ScheduleRow = {
  jobId: number;
  nextExecutionTime: Date;
  schedule: string;
  timeZone: string;
  isRecurring: boolean;
};

const COLUMNS = /* sql */ `
  s.job_id as "jobId", s.next_execution_time as "nextExecutionTime", j.schedule, j.time_zone as "timeZone",
  j.is_recurring as "isRecurring"`;

// The lateral subqueries find each job by its primary key. A join could read all jobs.
const LIST_AFTER = /* sql */ `
  select ${COLUMNS}
    from (
           select job_id, next_execution_time
             from job_schedules
            where (next_execution_time, job_id) > ($1, $2)
              and next_execution_time <= $3
            order by next_execution_time, job_id
            limit $4
         ) s
    cross join lateral (select * from jobs where id = s.job_id limit 1) j
   order by s.next_execution_time, s.job_id`;

const LIST_UP_TO = /* sql */ `
  select ${COLUMNS}
    from (
           select job_id, next_execution_time
             from job_schedules
            where next_execution_time <= $1
              and (next_execution_time, job_id) <= ($1, $2)
            order by next_execution_time, job_id
            limit $3
         ) s
    cross join lateral (select * from jobs where id = s.job_id limit 1) j`;

/** Lists schedules after a place, by their next time and the id of their job. */
export async function listSchedulesAfter(
  db: Queryable,
  { after, until, limit }: { after: { time: Date; jobId: number } | undefined; until: Date; limit: number },
): Promise<ScheduleRow[]> {
  const { rows } = await db.query<ScheduleRow>({
    name: 'list_schedules_after',
    text: LIST_AFTER,
    values: [after?.time ?? '-infinity', after?.jobId ?? 0, until, limit],
  });
  return rows;
}

/** Lists schedules up to a place, which is included. */
export async function listSchedulesUpTo(
  db: Queryable,
  { time, jobId }: { time: Date; jobId: number },
  limit: number,
): Promise<ScheduleRow[]> {
  const { rows } = await db.query<ScheduleRow>({
    name: 'list_schedules_up_to',
    text: LIST_UP_TO,
    values: [time, jobId, limit],
  });
  return rows;
}

const FIND_SCHEDULE_ROW = /* sql */ `
  select ${COLUMNS}
    from job_schedules s
    join jobs j on j.id = s.job_id
   where s.job_id = $1`;

/** Finds the schedule of a job, if it has an occurrence that no tick has dispatched. */
export async function findScheduleRow(db: Queryable, jobId: number): Promise<ScheduleRow | undefined> {
  const { rows } = await db.query<ScheduleRow>({
    name: 'find_schedule_row',
    text: FIND_SCHEDULE_ROW,
    values: [jobId],
  });
  return rows[0];
}
