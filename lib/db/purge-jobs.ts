import type { Queryable } from './pool.ts';

/** The position of a deleted job in the order of its deletion. */
export type DeletedPosition = { deletedAt: Date; id: number };

// The names of stacks are kept for the previous version, and their rows refer to jobs. The rows of other tables go with the deletion of a
// job, or have a retention of their own.
const PURGE_JOBS = /* sql */ `
  with page as materialized (
    select id, deleted_at
      from jobs
     where deleted_at < $1
       and (deleted_at, id) > ($2, $3)
     order by deleted_at, id
     limit (select $4::integer)
  ), purged as (
    delete from jobs
     where id = any (array(
             select p.id
               from page p
              where (select true from job_executions e where e.job_id = p.id limit 1) is null
                and (select true from declared_jobs d where d.job_id = p.id limit 1) is null))
    returning id
  )
  select (select count(*) from purged) as purged, l.deleted_at as "deletedAt", l.id
    from (select count(*) as read from page) c
    left join (select deleted_at, id from page order by deleted_at desc, id desc limit 1) l on c.read = $4`;

/**
 * Removes the rows of deleted jobs that have no execution left, out of one page in the order of their deletion. Returns their number,
 * and where the next page begins: undefined after the last one.
 */
export async function purgeJobs(
  db: Queryable,
  { deletedBefore, after, limit }: { deletedBefore: Date; after: DeletedPosition; limit: number },
): Promise<{ purged: number; next: DeletedPosition | undefined }> {
  const { rows } = await db.query<{ purged: number; deletedAt: Date | null; id: number | null }>({
    name: 'purge_jobs',
    text: PURGE_JOBS,
    values: [deletedBefore, after.deletedAt, after.id, limit],
  });
  const { purged = 0, deletedAt = null, id = null } = rows[0] ?? {};
  return { purged, next: deletedAt === null || id === null ? undefined : { deletedAt, id } };
}
