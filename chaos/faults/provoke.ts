import type { Pool } from '../../lib/db/pool.ts';

/** The points of the tick that makes a day's partition. */
const PARTITION = /^scheduler postgresql (?:create table|alter table|delete from job_executions_default) /;

const LAST_PARTITION = /* sql */ `
  select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'job_executions'::regclass
     and c.relname <> 'job_executions_default'
   order by c.relname desc
   limit 1`;

/**
 * Brings about what a rare point needs. A day's partition is made once: the last, which is of a day to come and empty, is
 * taken away, so that the next tick makes it anew.
 */
export function makeProvoke(pool: Pool): (point: string) => Promise<void> {
  return async (point) => {
    if (!PARTITION.test(point)) return;
    try {
      const { rows } = await pool.query<{ name: string }>(LAST_PARTITION);
      const name = rows[0]?.name;
      if (name !== undefined && /^\w+$/.test(name)) await pool.query(`drop table ${name}`);
    } catch {
      // PostgreSQL is away: another time.
    }
  };
}
