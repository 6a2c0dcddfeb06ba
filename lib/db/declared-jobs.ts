import type { Queryable } from './pool.ts';

/** The class of the advisory locks on names. It separates them from all other locks of Belfry. */
const DECLARED_NAME_LOCKS = 7_206_178;

/**
 * Locks a name until the transaction ends, so that no other transaction creates a job for it. This also works while the
 * name has no row. Names with the same hash wait for each other, which does no harm.
 */
export async function lockDeclaredName(tx: Queryable, name: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [DECLARED_NAME_LOCKS, name]);
}

export type DeclaredJob = { id: number; schedule: string; isDeleted: boolean };

const FIND_DECLARED_JOB = /* sql */ `
  select j.id, j.schedule, j.deleted_at is not null as "isDeleted"
    from declared_jobs d
    join jobs j on j.id = d.job_id
   where d.name = $1`;

/** Finds the job with this name. The job may be deleted. */
export async function findDeclaredJob(db: Queryable, name: string): Promise<DeclaredJob | undefined> {
  const { rows } = await db.query<DeclaredJob>({
    name: 'find_declared_job',
    text: FIND_DECLARED_JOB,
    values: [name],
  });
  return rows[0];
}

const PUT_DECLARED_JOB = /* sql */ `
  insert into declared_jobs (name, job_id, declared_at)
  values ($1, $2, $3)
  on conflict (name) do update set job_id = excluded.job_id, declared_at = excluded.declared_at`;

/** Stores the job of a name. Call it in the transaction that has locked the name and creates the job. */
export async function putDeclaredJob(tx: Queryable, name: string, jobId: number, now: Date): Promise<void> {
  await tx.query(PUT_DECLARED_JOB, [name, jobId, now]);
}

/** Removes a name, unless it belongs to another job by now. */
export async function forgetDeclaredJob(db: Queryable, name: string, jobId: number): Promise<void> {
  await db.query(/* sql */ `delete from declared_jobs where name = $1 and job_id = $2`, [name, jobId]);
}
