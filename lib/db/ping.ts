import type { Queryable } from './pool.ts';

/**
 * Checks that PostgreSQL responds. It does not depend on the schema.
 *
 * @throws UnavailableError when PostgreSQL does not respond.
 */
export async function ping(db: Queryable): Promise<void> {
  await db.query('select 1');
}
