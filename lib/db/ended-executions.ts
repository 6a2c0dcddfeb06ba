import type { Queryable } from './pool.ts';

export type EndedExecution = { id: number; status: 'SUCCESS' | 'FAILED'; endedAt: Date };

// The range keeps the plan on the primary key, as in FIND_EXECUTION_REQUESTS. Nothing writes to an execution after its end.
const FIND_ENDED = /* sql */ `
  select id, status, updated_at as "endedAt"
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3
     and status in ('SUCCESS', 'FAILED')`;

// The range keeps the plan on the primary key here, too.
const FIND_TO_COME = /* sql */ `
  select id, due_at as "dueAt"
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3
     and status in ('SCHEDULED', 'RETRYING')
     and due_at > $4`;

/** Those of the executions that wait for an attempt which is not due yet. */
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

/** Those of the executions that have ended, other than CANCELLED. */
export async function findEnded(db: Queryable, ids: readonly number[]): Promise<EndedExecution[]> {
  if (ids.length === 0) return [];
  const { rows } = await db.query<EndedExecution>({
    name: 'find_ended',
    text: FIND_ENDED,
    values: [ids, Math.min(...ids), Math.max(...ids)],
  });
  return rows;
}
