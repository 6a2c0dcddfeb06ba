import type { Queryable } from './pool.ts';

/** PostgreSQL's own time, at the moment it runs the statement; milliseconds since the epoch, rounded down. */
export async function readServerTime(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: number }>({
    name: 'read_server_time',
    text: 'select floor(extract(epoch from clock_timestamp()) * 1000)::int8 as now',
  });
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL has told no time');
  return row.now;
}
