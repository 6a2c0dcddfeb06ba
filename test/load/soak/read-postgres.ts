import type { Pool } from '../../../lib/db/pool.ts';

/** The size of a table; the partitions of `job_executions` count as one table. */
export type TableSize = { name: string; rows: number; dead: number; bytes: number };

const READ_TABLES = `
  select case when relname like 'job\\_executions%' then 'job_executions' else relname end as name,
         sum(n_tup_ins - n_tup_del)::bigint as rows,
         sum(n_dead_tup)::bigint as dead,
         sum(pg_total_relation_size(relid))::bigint as bytes
    from pg_stat_user_tables
   group by 1`;

/** Reads live and dead rows from PostgreSQL's statistics, at most a second old; bytes include indexes. */
export async function readTables(pool: Pool): Promise<TableSize[]> {
  return (await pool.query<TableSize>(READ_TABLES)).rows;
}

export type Sessions = {
  /** Connections of each environment. */
  byEnvironment: Readonly<Record<string, number>>;
  /** Connections that have been idle in a transaction for ten seconds. */
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

/** Counts waiting and running executions, through the indexes for each. */
export async function countOpen(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`
    select (select count(*) from job_executions where status in ('SCHEDULED', 'RETRYING'))
         + (select count(*) from job_executions where status = 'RUNNING') as count`);
  return rows[0]?.count ?? 0;
}
