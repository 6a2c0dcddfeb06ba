import type { JobExecution } from '../domain/execution.ts';
import type { JsonText } from '../domain/job.ts';
import { EXECUTION_COLUMNS } from './execution-history.ts';
import type { Queryable } from './pool.ts';

// The id is unique over all partitions. Without an execution time, the statement looks it up in the primary key of each.
const FIND_EXECUTION = /* sql */ `
  select ${EXECUTION_COLUMNS}, request_body::text as "ownBody", request_url as "requestUrl"
    from job_executions
   where id = $1`;

/** An execution, its own body if it replaces the body of its job, and its own URL if it is a CALLBACK. */
export type FoundExecution = JobExecution & { ownBody: JsonText | null; requestUrl: string | null };

export async function findExecution(db: Queryable, id: number): Promise<FoundExecution | undefined> {
  const { rows } = await db.query<FoundExecution>({
    name: 'find_execution',
    text: FIND_EXECUTION,
    values: [id],
  });
  return rows[0];
}
