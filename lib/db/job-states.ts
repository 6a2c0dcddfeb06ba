import type { Job } from '../domain/job.ts';
import type { Queryable } from './pool.ts';

/**
 * The fields of a locked job that decide about its times. `hasRun` tells whether the only execution of a job that does not recur
 * has begun by its current schedule.
 */
export type JobState = Pick<
  Job,
  'id' | 'version' | 'schedule' | 'timeZone' | 'isRecurring' | 'isActive' | 'type'
> & {
  revision: number;
  hasRun: boolean;
};

const FIND_JOB_STATES = /* sql */ `
  select id, version, revision, schedule, time_zone as "timeZone", is_recurring as "isRecurring", is_active as "isActive",
         type, has_run as "hasRun"
    from jobs
   where id = any($1::bigint[])
     and deleted_at is null
   order by id`;

/** Reads the states of jobs, in the order of their ids. Jobs that do not exist or are deleted are left out. */
export async function findJobStates(db: Queryable, ids: readonly number[]): Promise<JobState[]> {
  const { rows } = await db.query<JobState>({
    name: 'find_job_states',
    text: FIND_JOB_STATES,
    values: [ids],
  });
  return rows;
}

// In the order of the ids, so that two batches that meet wait for each other in one direction only.
const LOCK_JOBS = /* sql */ `${FIND_JOB_STATES} for update`;

/** Locks jobs until the transaction ends, and reads their states. Jobs that do not exist or are deleted are left out. */
export async function lockJobs(tx: Queryable, ids: readonly number[]): Promise<JobState[]> {
  const { rows } = await tx.query<JobState>({ name: 'lock_jobs', text: LOCK_JOBS, values: [ids] });
  return rows;
}

const SET_JOBS_ACTIVE = /* sql */ `
  update jobs j
     set revision = j.revision + 1, is_active = $3, has_run = d.has_run, updated_at = $4
    from unnest($1::bigint[], $2::boolean[]) d (id, has_run)
   where j.id = any($1::bigint[])
     and j.id = d.id`;

/** Stores that locked jobs are active, or paused. */
export async function setJobsActive(
  tx: Queryable,
  jobs: readonly { id: number; hasRun: boolean }[],
  isActive: boolean,
  now: Date,
): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query({
    name: 'set_jobs_active',
    text: SET_JOBS_ACTIVE,
    values: [jobs.map(({ id }) => id), jobs.map(({ hasRun }) => hasRun), isActive, now],
  });
}

const SET_JOB_SCHEDULES = /* sql */ `
  update jobs j
     set revision = j.revision + 1, schedule = d.schedule, has_run = d.has_run, updated_at = $4
    from unnest($1::bigint[], $2::text[], $3::boolean[]) d (id, schedule, has_run)
   where j.id = any($1::bigint[])
     and j.id = d.id`;

/** Stores new schedules of locked jobs. */
export async function setJobSchedules(
  tx: Queryable,
  jobs: readonly { id: number; schedule: string; hasRun: boolean }[],
  now: Date,
): Promise<void> {
  if (jobs.length === 0) return;
  const columns = [
    jobs.map(({ id }) => id),
    jobs.map(({ schedule }) => schedule),
    jobs.map(({ hasRun }) => hasRun),
  ];
  await tx.query({ name: 'set_job_schedules', text: SET_JOB_SCHEDULES, values: [...columns, now] });
}

// Triggers remove their tags and the checks whether they have finished.
const MARK_JOBS_DELETED = /* sql */ `
  update jobs
     set revision = revision + 1, is_active = false, deleted_at = $2, updated_at = $2
   where id = any($1::bigint[])`;

/** Marks locked jobs as deleted. The rows stay, for the history. */
export async function markJobsDeleted(tx: Queryable, ids: readonly number[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({ name: 'mark_jobs_deleted', text: MARK_JOBS_DELETED, values: [ids, now] });
}
