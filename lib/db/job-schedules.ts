import type { JobSchedule } from '../domain/job.ts';
import { NEXT_EXECUTION_TIME } from './jobs.ts';
import { instantArray, plainArray } from './plain-array.ts';
import type { Queryable } from './pool.ts';

export type DueSchedule = { jobId: number; nextExecutionTime: Date };
/** Selects schedules that are due by the horizon and are not put off to a time after now. */
export type DueWindow = { now: Date; horizon: Date };

// Two ticks at the same time share the work: each skips the rows that the other has locked. The lock also makes a
// change of the job wait until its occurrences are written, and a tick skips a schedule that a change has locked.
// Schedules that are no longer valid come first in the index and are skipped. There are few of them, if any.
const LOCK_DUE_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time <= $1
     and (unreadable_until is null or unreadable_until <= $3)
   order by next_execution_time
   limit $2
     for update skip locked`;

/** Locks schedules with an occurrence at or before the horizon until the transaction ends, the earliest first. */
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

/** Does the same only for the given jobs. The API uses it to dispatch jobs that it has just created or changed. */
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

// Reads the first entry of the index of due schedules, after the unreadable ones. There are few of them, if any.
const FIND_OLDEST_UNDISPATCHED = /* sql */ `
  select next_execution_time as "nextExecutionTime"
    from job_schedules
   where next_execution_time <= $1
     and (unreadable_until is null or unreadable_until <= $1)
   order by next_execution_time
   limit 1`;

/** Finds the oldest due occurrence that is not dispatched. Returns undefined if all due occurrences are dispatched. */
export async function findOldestUndispatched(db: Queryable, now: Date): Promise<Date | undefined> {
  const { rows } = await db.query<{ nextExecutionTime: Date }>({
    name: 'find_oldest_undispatched',
    text: FIND_OLDEST_UNDISPATCHED,
    values: [now],
  });
  return rows[0]?.nextExecutionTime;
}

const ADVANCE_SCHEDULES = /* sql */ `
  update job_schedules s
     set next_execution_time = d.next_execution_time, unreadable_until = null
    from unnest($1::bigint[], $2::timestamptz[]) d (job_id, next_execution_time)
   where s.job_id = d.job_id
     and s.job_id = any($1::bigint[])`;

/** Sets the next execution time of schedules. Call it in the transaction that locked them. */
export async function advanceSchedules(tx: Queryable, schedules: readonly DueSchedule[]): Promise<void> {
  if (schedules.length === 0) return;
  await tx.query({
    name: 'advance_schedules',
    text: ADVANCE_SCHEDULES,
    values: [
      plainArray(schedules.map((s) => s.jobId)),
      instantArray(schedules.map((s) => s.nextExecutionTime)),
    ],
  });
}

/**
 * Puts off schedules that are no longer valid, so that they do not delay other schedules. Each keeps its next execution
 * time. Call it in the transaction that locked them.
 */
export async function putOffSchedules(tx: Queryable, jobIds: readonly number[], until: Date): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.query({
    name: 'put_off_schedules',
    text: /* sql */ `update job_schedules set unreadable_until = $2 where job_id = any($1::bigint[])`,
    values: [jobIds, until],
  });
}

/** Deletes the schedules of jobs. Call it in the transaction that locked them. */
export async function deleteSchedules(tx: Queryable, jobIds: readonly number[]): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.query({
    name: 'delete_schedules',
    text: /* sql */ `delete from job_schedules where job_id = any($1::bigint[])`,
    values: [jobIds],
  });
}

const LOCK_SCHEDULES = /* sql */ `
  select job_id as "jobId", next_execution_time as "nextExecutionTime"
    from job_schedules
   where job_id = any($1::bigint[])
   order by job_id
     for update`;

/**
 * Locks the schedules of jobs until the transaction ends, so that no tick dispatches the jobs. Returns their next execution
 * times; a job without a schedule is left out. Lock the jobs first, so that two changes do not wait for each other.
 */
export async function lockSchedules(tx: Queryable, jobIds: readonly number[]): Promise<Map<number, Date>> {
  const { rows } = await tx.query<DueSchedule>({
    name: 'lock_schedules',
    text: LOCK_SCHEDULES,
    values: [jobIds],
  });
  return new Map(rows.map(({ jobId, nextExecutionTime }) => [jobId, nextExecutionTime]));
}

const SET_SCHEDULES = /* sql */ `
  insert into job_schedules (job_id, next_execution_time, created_at)
  select job_id, next_execution_time, $3
    from unnest($1::bigint[], $2::timestamptz[]) d (job_id, next_execution_time)
      on conflict (job_id) do update
     set next_execution_time = excluded.next_execution_time, unreadable_until = null`;

/** Sets the next execution times of jobs. Call it in the transaction that has locked the jobs. */
export async function setSchedules(
  tx: Queryable,
  schedules: readonly DueSchedule[],
  now: Date,
): Promise<void> {
  if (schedules.length === 0) return;
  const ids = schedules.map(({ jobId }) => jobId);
  const times = schedules.map(({ nextExecutionTime }) => nextExecutionTime);
  await tx.query({ name: 'set_schedules', text: SET_SCHEDULES, values: [ids, times, now] });
}

// The row in job_schedules is deleted when its last occurrence is dispatched ahead, although the occurrence may still
// be in the future. So the constant fields come from the job: it has one schedule, which has the same id.
const FIND_SCHEDULE = /* sql */ `
  select j.id, j.id as "jobId", ${NEXT_EXECUTION_TIME},
         coalesce((select s.created_at from job_schedules s where s.job_id = j.id), j.created_at) as "createdAt"
    from jobs j
   where j.id = $2
     and j.deleted_at is null`;

/**
 * Finds the schedule of a job. Its next execution time is the one that the job shows, or null if there is none. Returns
 * undefined if there is no such job.
 */
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
