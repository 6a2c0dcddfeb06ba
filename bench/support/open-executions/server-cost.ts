import { readFile } from 'node:fs/promises';
import type { Pool } from '../../../lib/db/pool.ts';

/** Linux counts processor time in /proc by the hundredth of a second. */
const TICK_US = 10_000;

export type Reading = { cpuUs: ReadonlyMap<number, number>; walBytes: number; atMs: number };

/** The processor time of each backend of this database until now, and the position in the write-ahead log. */
export async function readCost(pool: Pool): Promise<Reading> {
  const { rows } = await pool.query<{ pids: number[]; wal: number }>(/* sql */ `
    select array_agg(pid) as pids, (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as wal
      from pg_stat_activity
     where datname = current_database()
       and backend_type = 'client backend'`);
  const { pids = [], wal = 0 } = rows[0] ?? {};
  const cpuUs = new Map<number, number>();
  for (const pid of pids) {
    const us = await processorTimeUs(pid);
    if (us !== undefined) cpuUs.set(pid, us);
  }
  return { cpuUs, walBytes: wal, atMs: performance.now() };
}

/** The processor time between two readings of the backends that are in both, in microseconds. */
export const cpuBetween = (before: Reading, after: Reading): number =>
  [...after.cpuUs].reduce((sum, [pid, us]) => sum + us - (before.cpuUs.get(pid) ?? us), 0);

/** Undefined for a backend that has ended in the meantime. */
async function processorTimeUs(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The program's name comes first, in parentheses, and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

export type TableState = {
  updates: number;
  hotUpdates: number;
  deadTuples: number;
  autovacuums: number;
  autovacuumMs: number;
  tableMb: number;
  indexMb: number;
};

/** The sums of PostgreSQL's statistics over these tables. */
export async function readTables(pool: Pool, tables: readonly string[]): Promise<TableState> {
  await pool.query('select pg_stat_force_next_flush()');
  const { rows } = await pool.query<TableState>(
    /* sql */ `
    select sum(n_tup_upd)::float8 as updates, sum(n_tup_hot_upd)::float8 as "hotUpdates",
           sum(n_dead_tup)::float8 as "deadTuples", sum(autovacuum_count)::float8 as autovacuums,
           sum(total_autovacuum_time)::float8 as "autovacuumMs",
           sum(pg_table_size(relid))::float8 / 1048576 as "tableMb",
           sum(pg_indexes_size(relid))::float8 / 1048576 as "indexMb"
      from pg_stat_user_tables
     where relname = any($1)`,
    [tables],
  );
  if (rows[0] === undefined) throw new Error('the statistics have no row');
  return rows[0];
}
