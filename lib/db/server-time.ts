import type { Queryable } from './pool.ts';

/** Reads the clock of PostgreSQL when it runs the statement, in milliseconds since the epoch, rounded down. */
export async function readServerTime(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: number }>({
    name: 'read_server_time',
    text: 'select floor(extract(epoch from clock_timestamp()) * 1000)::int8 as now',
  });
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL returned no time');
  return row.now;
}
