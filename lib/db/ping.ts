import type { Queryable } from './pool.ts';

/** Asks PostgreSQL for an answer, whatever the state of the schema. @throws UnavailableError when there is none. */
export async function ping(db: Queryable): Promise<void> {
  await db.query('select 1');
}
