import type { Queryable } from './pool.ts';

const LIST_JOB_NAMES = /* sql */ `
  select id, coalesce(name, key) as name
    from jobs
   where id = any($1::bigint[])`;

/** Lists the names that people know jobs by. A job without a name has its key instead, or null. */
export async function listJobNames(
  db: Queryable,
  ids: readonly number[],
): Promise<Map<number, string | null>> {
  const { rows } = await db.query<{ id: number; name: string | null }>({
    name: 'list_job_names',
    text: LIST_JOB_NAMES,
    values: [ids],
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
