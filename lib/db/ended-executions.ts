import type { Queryable } from './pool.ts';

export type EndedExecution = { id: number; status: 'SUCCESS' | 'FAILED'; endedAt: Date };

// The range keeps the plan on the primary key, as in FIND_EXECUTION_REQUESTS. Nothing writes to an execution after its end.
const FIND_ENDED = /* sql */ `
  select id, status, updated_at as "endedAt"
    from job_executions
   where id = any($1::bigint[])
     and id between $2 and $3
     and status in ('SUCCESS', 'FAILED')`;

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
