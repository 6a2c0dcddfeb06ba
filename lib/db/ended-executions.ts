import type { Queryable } from './pool.ts';

export type EndedExecution = { id: number; status: 'SUCCESS' | 'FAILED'; endedAt: Date };

// The range makes the plan use the primary key, as in FIND_EXECUTION_REQUESTS. So does the condition with the other statuses: with an
// equivalent `in`, the plan could read the whole index of ended executions, where few had ended at the last analysis. No statement changes
// an ended execution, so `updated_at` is the time of its end.
const FIND_ENDED = /* sql */ `
  select id, status, updated_at as "endedAt"
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3
     and status not in ('SCHEDULED', 'RUNNING', 'RETRYING', 'CANCELLED', 'SKIPPED')`;

// As above: with `in`, the plan could read the whole index of waiting executions.
const FIND_TO_COME = /* sql */ `
  select id, due_at as "dueAt"
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3
     and status not in ('RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED')
     and due_at > $4`;

/** Finds the executions with these ids that wait for an attempt that is not due yet. */
export async function findToCome(
  db: Queryable,
  ids: readonly number[],
  now: Date,
): Promise<{ id: number; dueAt: Date }[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<{ id: number; dueAt: Date }>({
    name: 'find_to_come',
    text: FIND_TO_COME,
    values: [ids, Math.min(...ids), Math.max(...ids), now],
  });
  return rows;
}

/** Finds the executions with these ids that have ended in SUCCESS or FAILED. */
export async function findEnded(db: Queryable, ids: readonly number[]): Promise<EndedExecution[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<EndedExecution>({
    name: 'find_ended',
    text: FIND_ENDED,
    values: [ids, Math.min(...ids), Math.max(...ids)],
  });
  return rows;
}
