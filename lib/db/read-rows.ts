import type { QueryResultRow } from 'pg';
import type { Queryable } from './pool.ts';

/** Runs a statement that is prepared under its name, and returns its rows. */
export async function readRows<Row extends QueryResultRow>(
  db: Queryable,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await db.query<Row>({ name, text, values: [...values] });
  return rows;
}
