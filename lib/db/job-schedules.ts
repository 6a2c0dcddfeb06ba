import type { JobSchedule } from '../domain/job.ts';
import { NEXT_EXECUTION_TIME } from './jobs.ts';
import type { Queryable } from './pool.ts';

export type DueSchedule = { jobId: number; nextExecutionTime: Date };
/** Due by the horizon, and not put off beyond now. */
export type DueWindow = { now: Date; horizon: Date };

// Two ticks at once share the work: each skips the rows the other holds. The lock also keeps a change of the job out
// until its occurrences are written, and a change that holds the lock keeps the tick out. Schedules that cannot be read stand
// first in the index and are passed over; there are few of them, if any.
const LOCK_DUE_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time <= $1
     and (unreadable_until is null or unreadable_until <= $3)
   order by next_execution_time
   limit $2
     for update skip locked`;

/** Schedules with an occurrence at or before the horizon, the earliest first, held until the transaction ends. */
export async function lockDueSchedules(
  tx: Queryable,
  { now, horizon }: DueWindow,
  limit: number,
): Promise<DueSchedule[]> {
  const { rows } = await tx.query<DueSchedule>({
    name: 'lock_due_schedules',
    text: LOCK_DUE_SCHEDULES,
    values: [horizon, limit, now],
  });
  return rows;
}

const LOCK_DUE_SCHEDULES_OF_JOBS = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where job_id = any($3::bigint[])
     and next_execution_time <= $1
     and (unreadable_until is null or unreadable_until <= $4)
   order by next_execution_time
   limit $2
     for update skip locked`;

/** The same for given jobs alone: the API dispatches what it has just made or changed. */
export async function lockDueSchedulesOfJobs(
  tx: Queryable,
  jobIds: readonly number[],
  { now, horizon }: DueWindow,
  limit: number,
): Promise<DueSchedule[]> {
  const { rows } = await tx.query<DueSchedule>({
    name: 'lock_due_schedules_of_jobs',
    text: LOCK_DUE_SCHEDULES_OF_JOBS,
    values: [horizon, limit, jobIds, now],
  });
  return rows;
}

const ADVANCE_SCHEDULES = /* sql */ `
  update job_schedules s
     set next_execution_time = d.next_execution_time, unreadable_until = null
    from unnest($1::bigint[], $2::timestamptz[]) d (job_id, next_execution_time)
   where s.job_id = d.job_id
     and s.job_id = any($1::bigint[])`;

/** Must run in the transaction that locked them. */
export async function advanceSchedules(tx: Queryable, schedules: readonly DueSchedule[]): Promise<void> {
  if (schedules.length === 0) return;
  await tx.query({
    name: 'advance_schedules',
    text: ADVANCE_SCHEDULES,
    values: [schedules.map((s) => s.jobId), schedules.map((s) => s.nextExecutionTime)],
  });
}

/**
 * Puts off schedules that cannot be read, so that they hold up nobody else. Each keeps its next time. Must run in the
 * transaction that locked them.
 */
export async function putOffSchedules(tx: Queryable, jobIds: readonly number[], until: Date): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.query({
    name: 'put_off_schedules',
    text: /* sql */ `update job_schedules set unreadable_until = $2 where job_id = any($1::bigint[])`,
    values: [jobIds, until],
  });
}

/** Must run in the transaction that locked them. */
export async function deleteSchedules(tx: Queryable, jobIds: readonly number[]): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.query({
    name: 'delete_schedules',
    text: /* sql */ `delete from job_schedules where job_id = any($1::bigint[])`,
    values: [jobIds],
  });
}

/**
 * Holds the job's schedule, and so keeps the tick off the job, until the transaction ends; undefined when it has none.
 * The job itself must be held already, so that two changes do not wait for each other.
 */
export async function lockSchedule(tx: Queryable, jobId: number): Promise<Date | undefined> {
  const { rows } = await tx.query<DueSchedule>(
    /* sql */ `select job_id as "jobId", next_execution_time as "nextExecutionTime"
                 from job_schedules where job_id = $1 for update`,
    [jobId],
  );
  return rows[0]?.nextExecutionTime;
}

const SET_SCHEDULE = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  values ($1, $2, $3)
  on conflict (job_id) do update
     set next_execution_time = excluded.next_execution_time, unreadable_until = null`;

/** Must run in the transaction that holds the job. */
export async function setSchedule(tx: Queryable, jobId: number, next: Date, now: Date): Promise<void> {
  await tx.query(SET_SCHEDULE, [jobId, next, now]);
}

// The row of a schedule is gone once its last occurrence is dispatched ahead, while the occurrence may be still to come. So
// what stays the same comes from the job: it has one schedule, which has its id.
const FIND_SCHEDULE = /* sql */ `
  select j.id, j.id as "jobId", ${NEXT_EXECUTION_TIME},
         coalesce((select s.created_at from job_schedules s where s.job_id = j.id), j.created_at) as "createdAt"
    from jobs j
   where j.id = $2
     and j.deleted_at is null`;

/** The job's schedule, with the next time that the job shows too, null when nothing is to come; undefined without a job. */
export async function findSchedule(
  db: Queryable,
  jobId: number,
  now: Date,
): Promise<(Omit<JobSchedule, 'nextExecutionTime'> & { nextExecutionTime: Date | null }) | undefined> {
  const { rows } = await db.query<
    Omit<JobSchedule, 'nextExecutionTime'> & { nextExecutionTime: Date | null }
  >({
    name: 'find_schedule',
    text: FIND_SCHEDULE,
    values: [now, jobId],
  });
  return rows[0];
}
