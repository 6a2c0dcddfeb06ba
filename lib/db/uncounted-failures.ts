import type { Queryable } from './pool.ts';

export type UncountedFailure = { executionId: number; failedAt: Date };

/** Lists executions that a tick ended as FAILED and that the queue has not counted yet. */
export async function listUncountedFailures(db: Queryable, limit: number): Promise<UncountedFailure[]> {
  const { rows } = await db.query<UncountedFailure>({
    name: 'list_uncounted_failures',
    text: /* sql */ `
      select execution_id as "executionId", failed_at as "failedAt"
        from uncounted_failures
       order by execution_id
       limit $1`,
    values: [limit],
  });
  return rows;
}

/** Removes failures that the queue has counted. */
export async function deleteUncountedFailures(db: Queryable, executionIds: readonly number[]): Promise<void> {
  await db.query({
    name: 'delete_uncounted_failures',
    text: /* sql */ `delete from uncounted_failures where execution_id = any($1::bigint[])`,
    values: [executionIds],
  });
}
