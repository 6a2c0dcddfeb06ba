import {
  FAILURE_DAYS,
  type FailedJob,
  type FailureGroup,
  type FailureMark,
  type FailureState,
} from '../domain/failure-group.ts';
import type { Queryable } from './pool.ts';

// $1 is the instant of the request in each statement that uses these. The days are read by the primary key: at most 14 rows.
const STATE = /* sql */ `
  case
    when g.ignored_until > $1 then 'IGNORED'
    when g.resolved_at >= g.last_failed_at then 'RESOLVED'
    else 'OPEN'
  end`;
const GROUP_COLUMNS = /* sql */ `
  g.id, g.host, g.path, g.reason, g.status_code as "statusCode", g.message, g.executions, g.jobs,
  g.first_failed_at as "firstFailedAt", g.last_failed_at as "lastFailedAt",
  g.sample_execution_id as "sampleExecutionId", g.sample_job_id as "sampleJobId", ${STATE} as state,
  case when g.ignored_until > $1 then g.ignored_until end as "ignoredUntil", g.resolved_at as "resolvedAt",
  (select coalesce(json_agg(json_build_object('date', d.day, 'executions', d.executions) order by d.day), '[]')
     from failure_days d
    where d.group_id = g.id
      and d.day > ($1::timestamptz at time zone 'UTC')::date - ${FAILURE_DAYS}
      and d.day <= ($1::timestamptz at time zone 'UTC')::date) as days`;

const LIST_GROUPS = /* sql */ `
  select ${GROUP_COLUMNS}
    from failure_groups g
   where (g.last_failed_at, g.id) < ($3, $4)
     and g.last_failed_at >= $5
     and ($6::text is null or ${STATE} = $6)
   order by g.last_failed_at desc, g.id desc
   limit $2`;

export type FailurePosition = { lastFailedAt: Date; id: number };

export type FailuresPage = {
  limit: number;
  after: FailurePosition | undefined;
  since: Date | undefined;
  state: FailureState | undefined;
};

/** Lists groups of failures, the latest failure first. */
export async function listFailureGroups(
  db: Queryable,
  { limit, after, since, state }: FailuresPage,
  now: Date,
): Promise<{ items: FailureGroup[]; hasMore: boolean }> {
  const { rows } = await db.query<FailureGroup>({
    name: 'list_failure_groups',
    text: LIST_GROUPS,
    values: [
      now,
      limit + 1,
      after?.lastFailedAt ?? 'infinity',
      after?.id ?? 0,
      since ?? '-infinity',
      state ?? null,
    ],
  });
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Finds a group of failures. */
export async function findFailureGroup(
  db: Queryable,
  id: number,
  now: Date,
): Promise<FailureGroup | undefined> {
  const { rows } = await db.query<FailureGroup>({
    name: 'find_failure_group',
    text: /* sql */ `select ${GROUP_COLUMNS} from failure_groups g where g.id = $2`,
    values: [now, id],
  });
  return rows[0];
}

const LIST_JOBS = /* sql */ `
  select job_id as "jobId", executions, last_failed_at as "lastFailedAt", last_execution_id as "lastExecutionId"
    from failure_jobs
   where group_id = $1
     and job_id > $2
   order by job_id
   limit $3`;

/** Lists jobs of a group, in the order of their ids. */
export async function listFailedJobs(
  db: Queryable,
  groupId: number,
  { limit, afterId }: { limit: number; afterId: number },
): Promise<{ items: FailedJob[]; hasMore: boolean }> {
  const values = [groupId, afterId, limit + 1];
  const { rows } = await db.query<FailedJob>({ name: 'list_failed_jobs', text: LIST_JOBS, values });
  return { items: rows.slice(0, limit), hasMore: rows.length > limit };
}

const MARK_GROUP = /* sql */ `
  update failure_groups g
     set ignored_until = $3, resolved_at = $4
   where g.id = $2
  returning ${GROUP_COLUMNS}`;

/** Stores what a person decided about a group. Returns undefined if the group does not exist. */
export async function markFailureGroup(
  tx: Queryable,
  id: number,
  mark: FailureMark,
  now: Date,
): Promise<FailureGroup | undefined> {
  const { rows } = await tx.query<FailureGroup>({
    name: 'mark_failure_group',
    text: MARK_GROUP,
    values: [now, id, mark.state === 'IGNORED' ? mark.until : null, mark.state === 'RESOLVED' ? now : null],
  });
  return rows[0];
}
