import type { ExecutionStatus } from '../../domain/execution.ts';
import type { Queryable } from '../../db/pool.ts';
import { WAITING_PAGE } from '../../db/reconcile-executions.ts';
import type { Page, Position } from '../walk.ts';

export type QueuedExecution = {
  executionId: number;
  jobId: number;
  executionTime: Date;
  status: ExecutionStatus;
  dueAt: Date;
  updatedAt: Date;
};

const COLUMNS = /* sql */ `
  id as "executionId", job_id as "jobId", execution_time as "executionTime", status, due_at as "dueAt",
  updated_at as "updatedAt"`;

const LIST_WAITING = /* sql */ `
  select ${COLUMNS} ${WAITING_PAGE}`;

/** Lists waiting executions that are due by the horizon. The queue must contain them. */
export async function listWaiting(
  db: Queryable,
  horizon: Date,
  after: Position,
  limit: number,
): Promise<Page<Position, QueuedExecution>> {
  const { rows } = await db.query<QueuedExecution>({
    name: 'audit_waiting',
    text: LIST_WAITING,
    values: [horizon, after.at, after.id, limit],
  });
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { read: rows.length, last: last && { at: last.dueAt, id: last.executionId }, found: rows };
}

// The range repeats what the list of ids says. `findExecutionRequests` has the reason.
const FIND_QUEUED = /* sql */ `
  select ${COLUMNS}
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3`;

/** Finds the executions with these ids, in any status. Ids without an execution are left out. */
export async function findQueued(db: Queryable, ids: readonly number[]): Promise<QueuedExecution[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<QueuedExecution>({
    name: 'audit_queued',
    text: FIND_QUEUED,
    values: [ids, Math.min(...ids), Math.max(...ids)],
  });
  return rows;
}
