import type { Queryable } from '../../db/pool.ts';
import type { Page } from './walk-executions.ts';

type OpenExecution = { executionId: number; jobId: number; executionTime: Date };
export type ExpiredClaim = OpenExecution & { leaseExpiresAt: Date };
export type OverdueExecution = OpenExecution & { status: string; dueAt: Date };

// From the index of leases, which holds nothing but what runs.
const FIND_EXPIRED_CLAIMS = /* sql */ `
  select id as "executionId", job_id as "jobId", execution_time as "executionTime",
         lease_expires_at as "leaseExpiresAt"
    from job_executions
   where status = 'RUNNING'
     and lease_expires_at < $1
   order by lease_expires_at
   limit (select $2::integer)`;

/** Executions that run though their lease ended before the instant, the oldest first. */
export async function findExpiredClaims(db: Queryable, before: Date, limit: number): Promise<ExpiredClaim[]> {
  const { rows } = await db.query<ExpiredClaim>({
    name: 'audit_expired_claims',
    text: FIND_EXPIRED_CLAIMS,
    values: [before, limit],
  });
  return rows;
}

// From the index of what waits. The limit is in a query of its own for the reason that `listWaitingExecutions` has.
const FIND_OVERDUE_EXECUTIONS = /* sql */ `
  select id as "executionId", job_id as "jobId", execution_time as "executionTime", status, due_at as "dueAt"
    from job_executions
   where status in ('SCHEDULED', 'RETRYING')
     and due_at < $1
   order by due_at, id
   limit (select $2::integer)`;

/** Executions that wait though they were due before the instant, the oldest first. */
export async function findOverdueExecutions(
  db: Queryable,
  before: Date,
  limit: number,
): Promise<OverdueExecution[]> {
  const { rows } = await db.query<OverdueExecution>({
    name: 'audit_overdue_executions',
    text: FIND_OVERDUE_EXECUTIONS,
    values: [before, limit],
  });
  return rows;
}

export type Position = { at: Date; id: number };
type OpenOfStopped = OpenExecution & { status: string };

// What waits, or runs, a page at a time in the order of its index. The job comes by its primary key: a join could read
// all jobs for each page.
const walkOpen = (status: string, at: string, isLeft: string) => /* sql */ `
  with page as materialized (
    select id, job_id, execution_time, status, is_withdrawn, ${at} as at
      from job_executions
     where ${status}
       and (${at}, id) > ($1, $2)
     order by ${at}, id
     limit (select $3::integer)
  )
  select p.read, l.at as "lastAt", l.id as "lastId", f.*
    from (select count(*) as read from page) p
    left join (select at, id from page order by at desc, id desc limit 1) l on true
    left join (
           select e.id as "executionId", e.job_id as "jobId", e.execution_time as "executionTime", e.status
             from page e
             cross join lateral (select is_active, deleted_at from jobs where id = e.job_id limit 1) j
            where ${isLeft}
              and (not j.is_active or j.deleted_at is not null)
         ) f on true`;

// An execution that was due when its job was stopped waits for its one attempt, withdrawn from any retry.
const WAITING_OF_STOPPED = walkOpen(
  `status in ('SCHEDULED', 'RETRYING')`,
  'due_at',
  `(e.status = 'RETRYING' or not e.is_withdrawn)`,
);
const RUNNING_OF_STOPPED = walkOpen(`status = 'RUNNING'`, 'lease_expires_at', 'not e.is_withdrawn');

const makeFindOfStopped =
  (name: string, text: string) =>
  async (db: Queryable, after: Position, limit: number): Promise<Page<Position, OpenOfStopped>> => {
    const { rows } = await db.query<
      OpenOfStopped & { read: number; lastAt: Date | null; lastId: number | null }
    >({
      name,
      text,
      values: [after.at, after.id, limit],
    });
    const { read = 0, lastAt = null, lastId = null } = rows[0] ?? {};
    const isLast = read < limit || lastAt === null || lastId === null;
    const found = rows
      .filter((row) => row.executionId !== null)
      .map(({ executionId, jobId, executionTime, status }) => ({
        executionId,
        jobId,
        executionTime,
        status,
      }));
    return { read, last: isLast ? undefined : { at: lastAt, id: lastId }, found };
  };

/** Executions that wait though their job is paused or deleted, but those that were due before. */
export const findWaitingOfStopped = makeFindOfStopped('audit_waiting_of_stopped', WAITING_OF_STOPPED);

/** What runs, and may be retried, though its job is paused or deleted. */
export const findRunningOfStopped = makeFindOfStopped('audit_running_of_stopped', RUNNING_OF_STOPPED);
