import type { TakenKey } from '../domain/errors.ts';
import { isUniqueViolation } from './errors.ts';
import type { Queryable } from './pool.ts';

/** Tells whether a statement failed because a live job has the key of one of its jobs. */
export const isKeyTaken = (error: unknown): boolean => isUniqueViolation(error, 'jobs_live_key');

const FIND_LIVE_KEYS = /* sql */ `
  select key, id as "jobId"
    from jobs
   where key = any($1::text[])
     and deleted_at is null`;

/** Finds the live jobs that have one of the keys. */
export async function findLiveKeys(db: Queryable, keys: readonly string[]): Promise<TakenKey[]> {
  const { rows } = await db.query<TakenKey>({ name: 'find_live_keys', text: FIND_LIVE_KEYS, values: [keys] });
  return rows;
}

export type KeyedJob = { id: number; schedule: string; owner: string | null; isDeleted: boolean };

// Each branch reads one entry of its index. A live job comes first.
const FIND_JOB_BY_KEY = /* sql */ `
  (select id, schedule, owner, false as "isDeleted"
     from jobs
    where key = $1
      and deleted_at is null)
  union all
  (select id, schedule, owner, true
     from jobs
    where key = $1
      and deleted_at is not null
    order by id desc
    limit 1)
  limit 1`;

/** Finds the live job with this key, or else the last job that had it and was deleted. */
export async function findJobByKey(db: Queryable, key: string): Promise<KeyedJob | undefined> {
  const { rows } = await db.query<KeyedJob>({
    name: 'find_job_by_key',
    text: FIND_JOB_BY_KEY,
    values: [key],
  });
  return rows[0];
}
