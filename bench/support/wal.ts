import type { Pool } from '../../lib/db/pool.ts';

/** Returns the position in PostgreSQL's write-ahead log, in bytes. The difference of two positions was written between them. */
export async function walPosition(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    /* sql */ `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
  );
  return Number(rows[0]?.bytes);
}
