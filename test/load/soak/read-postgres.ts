import type { Pool } from '../../../lib/db/pool.ts';

/** Of the partitions of `job_executions`, all together. */
export type TableSize = { name: string; rows: number; dead: number; bytes: number };

const READ_TABLES = `
  select case when relname like 'job\\_executions%' then 'job_executions' else relname end as name,
         sum(n_tup_ins - n_tup_del)::bigint as rows,
         sum(n_dead_tup)::bigint as dead,
         sum(pg_total_relation_size(relid))::bigint as bytes
    from pg_stat_user_tables
   group by 1`;

/** Rows and dead ones as PostgreSQL's statistics have them, a second old at most; bytes with indexes. */
export async function readTables(pool: Pool): Promise<TableSize[]> {
  return (await pool.query<TableSize>(READ_TABLES)).rows;
}

export type Sessions = {
  /** Connections, by environment. */
  byEnvironment: Readonly<Record<string, number>>;
  /** How many have been in a transaction for ten seconds with nothing to do. */
  idleInTransaction: number;
};

export async function readSessions(pool: Pool): Promise<Sessions> {
  const { rows } = await pool.query<{ name: string; count: number; stuck: number }>(`
    select application_name as name,
           count(*) as count,
           count(*) filter (where state like 'idle in transaction%'
                              and state_change < now() - interval '10 s') as stuck
      from pg_stat_activity
     where datname = current_database()
       and application_name ~ '^(api|scheduler|worker)-'
     group by 1`);
  return {
    byEnvironment: Object.fromEntries(rows.map(({ name, count }) => [name, count])),
    idleInTransaction: rows.reduce((sum, { stuck }) => sum + stuck, 0),
  };
}

/** Executions that wait or run, by the indexes of these. */
export async function countOpen(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`
    select (select count(*) from job_executions where status in ('SCHEDULED', 'RETRYING'))
         + (select count(*) from job_executions where status = 'RUNNING') as count`);
  return rows[0]?.count ?? 0;
}
