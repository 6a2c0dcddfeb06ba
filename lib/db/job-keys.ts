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
