import type { By } from '../domain/audit-log.ts';
import type { Job, JobDescription } from '../domain/job.ts';
import { fieldNames, type LabelName, labelNames } from '../domain/job-fields.ts';
import { toSetting } from './audit-log.ts';
import {
  ARRAY_PARAMETERS,
  ASSIGNMENTS,
  CAST_COLUMNS,
  COLUMN_NAMES,
  HAS_OTHER_LABELS,
  JOB_COLUMNS,
  LABEL_ASSIGNMENTS,
  toParameter,
} from './job-columns.ts';
import { OUTCOME_COLUMNS, OUTCOME_OF_JOB } from './job-outcomes.ts';
import type { JobState } from './job-states.ts';
import type { Queryable } from './pool.ts';

/** The revision of a job that was never changed. */
export const FIRST_REVISION = 1;
const FIRST_VERSION = 1;

/** Draws new ids, for jobs that need their id before they are stored. */
export async function drawJobIds(db: Queryable, count: number): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: 'draw_job_ids',
    text: `select nextval('job_ids') as id from generate_series(1, $1::integer)`,
    values: [count],
  });
  return rows.map(({ id }) => id);
}

// Tell the audit log who makes the change, in statements that are their own transaction. The planner keeps such a subquery,
// because its function is volatile.
const SETTING_BY_6 = /* sql */ `
  (select case when $6::text is not null then set_config('belfry.by', $6, true) end as made_by)`;
const SETTING_BY_3 = /* sql */ `
  (select case when $3::text is not null then set_config('belfry.by', $3, true) end as made_by)`;

// One statement writes a whole batch to all tables, so that it is never half done, and a single job needs one round
// trip.
const INSERT_JOBS = /* sql */ `
  with input as (
    select coalesce(t.given_id, nextval('job_ids')) as id, t.*
      from unnest($2::timestamptz[], $3::bigint[], ${ARRAY_PARAMETERS}) with ordinality
        as t (next_execution_time, given_id, ${COLUMN_NAMES}, place)
     cross join ${SETTING_BY_6} b
  ), inserted as (
    insert into jobs (id, revision, ${COLUMN_NAMES}, created_at, updated_at, created_traceparent)
    select id, ${FIRST_REVISION}, ${CAST_COLUMNS}, $1, $1,
           coalesce($6::text, nullif(current_setting('belfry.by', true), ''))::json ->> 'traceparent'
      from input
  ), scheduled as (
    insert into job_schedules (job_id, next_execution_time, created_at)
    select id, next_execution_time, $1
      from input
     where next_execution_time is not null
  ), dispatched as (
    insert into job_executions (job_id, job_revision, status, execution_time, due_at, created_at, updated_at,
                                late_dispatch_by)
    select i.id, ${FIRST_REVISION}, 'SCHEDULED', o.execution_time, o.execution_time, $1, $1,
           case when o.execution_time < $1 then 'API' end
      from unnest($4::bigint[], $5::timestamptz[]) o (place, execution_time)
      join input i on i.place = o.place
    returning id, job_id, execution_time
  )
  select id as "jobId", place, null::bigint as "executionId", null::timestamptz as "executionTime" from input
   union all
  select job_id, null, id, execution_time from dispatched
   order by place`;

type InsertedRow = { jobId: number } & (
  | { place: number; executionId: null; executionTime: null }
  | { place: null; executionId: number; executionTime: Date }
);

export type JobToStore = JobDescription & {
  /** An id that was drawn before. The default is a new id. */
  id?: number;
  /** The first occurrence that is not among `occurrences`. Null if there is none. */
  nextExecutionTime: Date | null;
  /** The occurrences whose executions are stored with the job. */
  occurrences?: readonly Date[];
};

type StoredExecution = { id: number; jobId: number; executionTime: Date };

export type StoredJobs = { jobs: Job[]; executions: StoredExecution[] };

/**
 * Stores jobs, their schedules and their first executions. Returns the jobs in the order of the argument.
 *
 * @param by the maker of the change, for the audit log. Undefined in a transaction that has told it.
 */
export async function insertJobsWithExecutions(
  db: Queryable,
  jobs: readonly JobToStore[],
  now: Date,
  by?: By,
): Promise<StoredJobs> {
  const occurrences = jobs.flatMap((job, index) =>
    (job.occurrences ?? []).map((executionTime) => ({ place: index + 1, executionTime })),
  );
  const { rows } = await db.query<InsertedRow>({
    name: 'insert_jobs',
    text: INSERT_JOBS,
    values: [
      now,
      jobs.map((job) => job.nextExecutionTime),
      jobs.map((job) => job.id ?? null),
      occurrences.map(({ place }) => place),
      occurrences.map(({ executionTime }) => executionTime),
      toSetting(by),
      ...fieldNames.map((name) => jobs.map((job) => toParameter(name, job[name]))),
    ],
  });
  const stored = jobs.map(({ occurrences: [first] = [], ...job }, index) => {
    const row = rows[index];
    if (row === undefined)
      throw new Error(`stored ${jobs.length} jobs, but ${rows.length} rows were returned`);
    const nextExecutionTime = first ?? job.nextExecutionTime;
    return {
      ...job,
      id: row.jobId,
      nextExecutionTime,
      createdAt: now,
      updatedAt: now,
      version: FIRST_VERSION,
      failuresInARow: 0,
      lastOutcome: null,
      pausedByFailuresAt: null,
    };
  });
  // The rows of jobs come first, because they are ordered by their place and the rows of executions have none.
  const executions = rows.flatMap(({ jobId, executionId: id, executionTime }) =>
    id === null ? [] : [{ id, jobId, executionTime }],
  );
  return { jobs: stored, executions };
}

/** Stores jobs and their schedules, with drawn ids or new ones. Returns the jobs in the order of the argument. */
export async function insertJobs(
  db: Queryable,
  jobs: readonly (JobDescription & { id?: number; nextExecutionTime: Date | null })[],
  now: Date,
): Promise<Job[]> {
  return (await insertJobsWithExecutions(db, jobs, now)).jobs;
}

// The next execution time is the time of an occurrence that was dispatched ahead, if there is one; `least` ignores
// nulls. The bound on the execution time limits the search to the partitions from today on, and to the few executions
// of a job that were dispatched ahead. The statement uses `not in` instead of the equivalent `= 'SCHEDULED'`, with
// which a plan without fresh statistics could read the whole index of waiting executions once per job (38 ms per page
// after a tick of 10,000). A subquery reads the schedule: a generic plan for any page size would use a join, and read
// the whole table.
export const NEXT_TIME = /* sql */ `
  least(
    (select s.next_execution_time from job_schedules s where s.job_id = j.id),
    (select min(e.execution_time)
       from job_executions e
      where e.job_id = j.id
        and e.execution_time >= $1
        and e.trigger = 'SCHEDULE'
        and e.status not in ('RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED'))
  )`;

export const NEXT_EXECUTION_TIME = /* sql */ `${NEXT_TIME} as "nextExecutionTime"`;

/** The fields of a job `j` with its outcomes `o` that move without a change of the job. `$1` is now. */
export const COMPUTED_COLUMNS = /* sql */ `${NEXT_EXECUTION_TIME}, ${OUTCOME_COLUMNS}`;

const FIND_JOB = /* sql */ `
  select ${JOB_COLUMNS}, ${COMPUTED_COLUMNS}
    from jobs j
    cross join ${OUTCOME_OF_JOB}
   where j.id = $2
     and j.deleted_at is null`;

export async function findJob(db: Queryable, id: number, now: Date): Promise<Job | undefined> {
  const { rows } = await db.query<Job>({ name: 'find_job', text: FIND_JOB, values: [now, id] });
  return rows[0];
}

const LOCK_JOB = /* sql */ `
  select ${JOB_COLUMNS}, j.revision, j.has_run as "hasRun", null::timestamptz as "nextExecutionTime",
         ${OUTCOME_COLUMNS}
    from jobs j
    cross join ${OUTCOME_OF_JOB}
   where j.id = $1
     and j.deleted_at is null
     for update of j`;

/** A locked job. */
export type LockedJob = Job & JobState;

/** Locks a job until the transaction ends. `lockSchedules` returns its next execution time. */
export async function lockJob(tx: Queryable, id: number): Promise<LockedJob | undefined> {
  const { rows } = await tx.query<LockedJob>(LOCK_JOB, [id]);
  return rows[0];
}

const UPDATE_JOB = /* sql */ `
  update jobs
     set revision = revision + 1, updated_at = $2, has_run = $3, ${ASSIGNMENTS}
   where id = $1`;

/** Stores all fields of a job. Call it in the transaction that has locked the job. */
export async function updateJob(
  tx: Queryable,
  id: number,
  job: JobDescription & { hasRun: boolean },
  now: Date,
): Promise<void> {
  const fields = fieldNames.map((name) => toParameter(name, job[name]));
  await tx.query(UPDATE_JOB, [id, now, job.hasRun, ...fields]);
}

// The revision stays the same, so executions need no change.
const RELABEL_JOB = /* sql */ `
  with relabelled as (
    update jobs j
       set updated_at = $1, ${LABEL_ASSIGNMENTS}
      from ${SETTING_BY_3} b
     where j.id = $2
       and j.deleted_at is null
       and ($4::bigint[] is null or j.version = any($4::bigint[]))
       and ${HAS_OTHER_LABELS}
    returning j.*
  )
  select ${JOB_COLUMNS}, ${COMPUTED_COLUMNS}
    from relabelled j
    cross join ${OUTCOME_OF_JOB}`;

/**
 * Changes labels of a job, such as its name. Returns undefined if there is no such job, if it has another version, or if it has
 * these labels already.
 *
 * @param options.versions the versions that may be changed. Undefined for every version.
 */
export async function relabelJob(
  db: Queryable,
  id: number,
  labels: Partial<Pick<JobDescription, LabelName>>,
  now: Date,
  { by, versions }: { by?: By | undefined; versions?: readonly number[] | undefined } = {},
): Promise<Job | undefined> {
  const given = labelNames.flatMap((name) => {
    const value = labels[name];
    return [value !== undefined, value === undefined ? null : toParameter(name, value)];
  });
  const { rows } = await db.query<Job>({
    name: 'relabel_job',
    text: RELABEL_JOB,
    values: [now, id, toSetting(by), versions ?? null, ...given],
  });
  return rows[0];
}

/** Tells whether the job was ever created. It may be deleted. */
export async function jobWasCreated(db: Queryable, id: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'job_was_created',
    text: 'select 1 from jobs where id = $1',
    values: [id],
  });
  return rowCount === 1;
}
