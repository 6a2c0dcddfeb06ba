import type { Queryable } from '../db/pool.ts';
import type { AuditRule } from './rule.ts';
import { walk, type Page, type Position } from './walk.ts';

const longAgo = new Date(0);

export const stoppedJobsHaveNothingOpen: AuditRule = {
  name: 'stopped-jobs-have-nothing-open',
  promise:
    'a paused job has no waiting occurrence that became due later, and no retries of occurrences; a deleted job has none at all',
  check: async (tx, { rowsPerPage }, report) => {
    for (const find of [findWaitingOfStopped, findRunningOfStopped]) {
      await walk(
        report,
        { at: longAgo, id: 0 },
        (after) => find(tx, after, rowsPerPage),
        (found) => {
          for (const { status, ...execution } of found) {
            report.finding({ ...execution, detail: `it is ${status}, but its job is paused or deleted` });
          }
        },
      );
    }
  },
};

type OpenOfStopped = { executionId: number; jobId: number; executionTime: Date; status: string };

// Reads waiting or running executions a page at a time, in the order of their index. The lateral subquery finds the job
// by its primary key. A plain join could read all jobs for each page.
const walkOpen = (status: string, at: string, isLeft: string) => /* sql */ `
  with page as materialized (
    select id, job_id, execution_time, status, is_withdrawn, trigger, ${at} as at
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
              and (j.deleted_at is not null or (not j.is_active and e.trigger = 'SCHEDULE'))
         ) f on true`;

// Executions that no schedule asked for may run, and be retried, while their job is paused. An execution that was already due when its job was paused or deleted still gets one attempt, but no retry.
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

/** Finds waiting executions of paused and deleted jobs, except executions that were already due at that moment. */
export const findWaitingOfStopped = makeFindOfStopped('audit_waiting_of_stopped', WAITING_OF_STOPPED);

/** Finds running executions of paused and deleted jobs that may still be retried. */
export const findRunningOfStopped = makeFindOfStopped('audit_running_of_stopped', RUNNING_OF_STOPPED);
