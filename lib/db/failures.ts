import { type FailureCause, identify } from '../domain/failure-cause.ts';
import type { ReasonCode } from '../domain/reason.ts';
import type { Queryable } from './pool.ts';

export type UngroupedFailure = {
  executionId: number;
  jobId: number;
  url: string;
  reason: ReasonCode | null;
  statusCode: number | null;
  errorMessage: string | null;
  failedAt: Date;
  executionTime: Date;
};

// Two ticks share the work: each skips the rows that the other has locked. Executions that the retention has removed are only
// deleted.
const TAKE_UNGROUPED = /* sql */ `
  with taken as (
    delete from ungrouped_failures
     where execution_id in (
             select execution_id from ungrouped_failures order by execution_id limit $1 for update skip locked)
    returning execution_id, execution_time
  )
  select t.execution_id as "executionId", e.job_id as "jobId", coalesce(e.request_url, j.api) as url, e.reason, e.status_code as "statusCode",
         e.error_message as "errorMessage", coalesce(e.finished_at, e.updated_at) as "failedAt",
         e.execution_time as "executionTime"
    from taken t
    left join lateral (
           select * from job_executions where id = t.execution_id and execution_time = t.execution_time limit 1
         ) e on true
    left join lateral (select api from jobs where id = e.job_id limit 1) j on true`;

/**
 * Takes failures that belong to no group yet. Call it in the transaction that adds them to their groups.
 *
 * @returns the number of taken failures, and the failures whose execution still exists.
 */
export async function takeUngrouped(
  tx: Queryable,
  limit: number,
): Promise<{ count: number; failures: UngroupedFailure[] }> {
  const { rows } = await tx.query<UngroupedFailure | { jobId: null }>({
    name: 'take_ungrouped_failures',
    text: TAKE_UNGROUPED,
    values: [limit],
  });
  const failures = rows.filter((row): row is UngroupedFailure => row.jobId !== null);
  return { count: rows.length, failures };
}

/** Failures of one cause that are added to its group. */
export type NewFailures = {
  cause: FailureCause;
  executions: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
  sampleExecutionId: number;
  sampleJobId: number;
};

// The order prevents deadlocks of two ticks.
const ADD_TO_GROUPS = /* sql */ `
  insert into failure_groups as g (fingerprint, host, path, reason, status_code, message, executions, jobs,
                                   first_failed_at, last_failed_at, sample_execution_id, sample_job_id)
  select sha256(convert_to(d.cause, 'UTF8')), d.host, d.path, d.reason, d.status_code, d.message, d.executions, 0,
         d.first_failed_at, d.last_failed_at, d.execution_id, d.job_id
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::bigint[],
                $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::bigint[])
           as d (cause, host, path, reason, status_code, message, executions, first_failed_at, last_failed_at,
                 execution_id, job_id)
   order by 1
      on conflict (fingerprint) do update
     set executions = g.executions + excluded.executions,
         first_failed_at = least(g.first_failed_at, excluded.first_failed_at),
         last_failed_at = greatest(g.last_failed_at, excluded.last_failed_at),
         sample_execution_id = excluded.sample_execution_id,
         sample_job_id = excluded.sample_job_id
  returning id, fingerprint`;

const FINGERPRINTS = /* sql */ `
  select d.cause, g.id
    from unnest($1::text[]) d (cause)
    join failure_groups g on g.fingerprint = sha256(convert_to(d.cause, 'UTF8'))`;

/** Adds failures to their groups, which are created if necessary. Returns the ids of the groups by the texts of their causes. */
export async function addToGroups(
  tx: Queryable,
  failures: readonly NewFailures[],
): Promise<Map<string, number>> {
  const causes = failures.map(({ cause }) => identify(cause));
  await tx.query({
    name: 'add_to_failure_groups',
    text: ADD_TO_GROUPS,
    values: [
      causes,
      failures.map(({ cause }) => cause.host),
      failures.map(({ cause }) => cause.path),
      failures.map(({ cause }) => cause.reason),
      failures.map(({ cause }) => cause.statusCode),
      failures.map(({ cause }) => cause.message),
      failures.map(({ executions }) => executions),
      failures.map(({ firstFailedAt }) => firstFailedAt),
      failures.map(({ lastFailedAt }) => lastFailedAt),
      failures.map(({ sampleExecutionId }) => sampleExecutionId),
      failures.map(({ sampleJobId }) => sampleJobId),
    ],
  });
  const { rows } = await tx.query<{ cause: string; id: number }>({
    name: 'find_failure_groups_by_cause',
    text: FINGERPRINTS,
    values: [causes],
  });
  return new Map(rows.map(({ cause, id }) => [cause, id]));
}

/** Failures of one job that are added to a group. */
export type NewJobFailures = {
  groupId: number;
  jobId: number;
  executions: number;
  lastFailedAt: Date;
  lastExecutionId: number;
  lastExecutionTime: Date;
};

// The group counts its jobs when their rows are new: `xmax` of a row that was updated is not 0.
const ADD_JOBS = /* sql */ `
  with added as (
    insert into failure_jobs as f (group_id, job_id, executions, last_failed_at, last_execution_id, last_execution_time)
    select *
      from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::timestamptz[])
     order by 1, 2
        on conflict (group_id, job_id) do update
       set executions = f.executions + excluded.executions,
           last_failed_at = greatest(f.last_failed_at, excluded.last_failed_at),
           last_execution_id =
             case when excluded.last_failed_at >= f.last_failed_at then excluded.last_execution_id else f.last_execution_id end,
           last_execution_time =
             case when excluded.last_failed_at >= f.last_failed_at then excluded.last_execution_time else f.last_execution_time end
    returning group_id, xmax = 0 as is_new
  )
  update failure_groups g
     set jobs = g.jobs + a.jobs
    from (select group_id, count(*) as jobs from added where is_new group by group_id) a
   where g.id = a.group_id`;

/** Adds failures to the jobs of their groups, and counts the jobs that are new in a group. */
export async function addToJobsOfGroups(tx: Queryable, failures: readonly NewJobFailures[]): Promise<void> {
  await tx.query({
    name: 'add_to_failure_jobs',
    text: ADD_JOBS,
    values: [
      failures.map(({ groupId }) => groupId),
      failures.map(({ jobId }) => jobId),
      failures.map(({ executions }) => executions),
      failures.map(({ lastFailedAt }) => lastFailedAt),
      failures.map(({ lastExecutionId }) => lastExecutionId),
      failures.map(({ lastExecutionTime }) => lastExecutionTime),
    ],
  });
}

// The key of a day is its group, so that two ticks wait for each other in the order of the groups, which they hold already.
const ADD_DAYS = /* sql */ `
  insert into failure_days as d (group_id, day, executions)
  select * from unnest($1::bigint[], $2::date[], $3::bigint[])
      on conflict (group_id, day) do update
     set executions = d.executions + excluded.executions`;

/** Failures of one day in UTC, such as `2031-05-01`, that are added to a group. */
export type NewDay = { groupId: number; day: string; executions: number };

/** Adds failures to the days of their groups. Call it after `addToGroups`, which locks the groups. */
export async function addToDaysOfGroups(tx: Queryable, days: readonly NewDay[]): Promise<void> {
  await tx.query({
    name: 'add_to_failure_days',
    text: ADD_DAYS,
    values: [
      days.map(({ groupId }) => groupId),
      days.map(({ day }) => day),
      days.map(({ executions }) => executions),
    ],
  });
}

// Jobs leave a group that lives on, too: a cause that lasts would otherwise gather every job that ever failed by it. A group goes with
// its last jobs, so that a group with many jobs is removed in bounded steps, and its days go with it. Groups are locked in the order in which failures are added to them.
const DROP_OLD = /* sql */ `
  with old as (
    select ctid as place, group_id from failure_jobs where last_failed_at < $1 order by last_failed_at limit $2
  ), locked as materialized (
    select id from failure_groups where id in (select group_id from old) order by fingerprint for update
  ), jobs as (
    delete from failure_jobs
     where ctid = any (array(select place from old where group_id in (select id from locked)))
       and last_failed_at < $1
    returning group_id
  ), lowered as (
    update failure_groups g
       set jobs = greatest(g.jobs - c.count, 0)
      from (select group_id, count(*) as count from jobs group by group_id) c
     where g.id = c.group_id
       and g.last_failed_at >= $1
  ), groups as (
    delete from failure_groups
     where id in (
             select o.id
               from (select id from failure_groups where last_failed_at < $1 order by last_failed_at limit 100) o
              where (select true
                       from failure_jobs f
                      where f.group_id = o.id
                        and f.ctid <> all (array(select place from old))
                      limit 1) is null)
       and last_failed_at < $1
    returning id
  ), days as (
    delete from failure_days
     where (group_id, day) in (
             select group_id, day from failure_days
              where day < ($1::timestamptz at time zone 'UTC')::date order by day limit $2)
  )
  select (select count(*) from jobs) + (select count(*) from groups) as dropped`;

/**
 * Removes jobs, days and groups whose last failure was before an instant, in one bounded step. Returns the number of removed jobs and
 * groups.
 */
export async function dropOldFailures(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rows } = await db.query<{ dropped: number }>({
    name: 'drop_old_failures',
    text: DROP_OLD,
    values: [before, limit],
  });
  return rows[0]?.dropped ?? 0;
}
