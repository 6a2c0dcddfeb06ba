import { isLockTimeout } from './errors.ts';
import { dayOfPartition, findPartitions, PARTITION_LOCK, partitionName } from './partitions.ts';
import type { Pool, Queryable } from './pool.ts';
import { inTransaction } from './transaction.ts';
import { DAY_MS } from '../domain/day.ts';

/** The maximum number of rows that one statement deletes from the default partition. */
const ROWS_PER_DELETE = 1_000;

// Reads the index of waiting executions and the index of leases of one partition. Both are empty when a day is over.
const HAS_OPEN_EXECUTIONS = /* sql */ `
  select exists (select
                   from job_executions
                  where execution_time >= $1
                    and execution_time < $2
                    and status in ('SCHEDULED', 'RETRYING'))
      or exists (select
                   from job_executions
                  where execution_time >= $1
                    and execution_time < $2
                    and status = 'RUNNING') as "hasOpen"`;

/** Names of partitions. Kept partitions have open executions or are being read, and a later call drops them. */
export type DroppedPartitions = { dropped: string[]; kept: string[] };

/**
 * Drops the partitions of days (UTC) before the day of `before`, the oldest first, and at most `limit` of them. It
 * keeps partitions with waiting or running executions.
 *
 * A drop needs a short exclusive lock on the whole table. It waits at most 100 ms for the lock, because other
 * statements wait behind it. If another session holds the table for longer (a dump, a report), a later call drops the
 * partition. `detach partition … concurrently` would need no such lock, but PostgreSQL refuses it for a table with a
 * default partition.
 */
export async function dropPartitions(pool: Pool, before: Date, limit: number): Promise<DroppedPartitions> {
  const end = partitionName(before.getTime());
  const old = (await findPartitions(pool)).filter((name) => name < end).toSorted();
  const dropped: string[] = [];
  const kept: string[] = [];
  for (const name of old.slice(0, limit)) {
    const names = (await dropPartition(pool, name)) ? dropped : kept;
    names.push(name);
  }
  return { dropped, kept: [...kept, ...old.slice(limit)] };
}

async function dropPartition(pool: Pool, name: string): Promise<boolean> {
  try {
    return await inTransaction(pool, (tx) => dropUnlessOpen(tx, name));
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

async function dropUnlessOpen(tx: Queryable, name: string): Promise<boolean> {
  await tx.query(`set local lock_timeout = '100ms'`);
  await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  // Another process may have dropped the partition already.
  const existing = await tx.query<{ name: string | null }>('select to_regclass($1)::text as name', [name]);
  if (existing.rows[0]?.name === null) return true;
  const dayMs = dayOfPartition(name);
  const { rows } = await tx.query<{ hasOpen: boolean }>(HAS_OPEN_EXECUTIONS, [
    new Date(dayMs),
    new Date(dayMs + DAY_MS),
  ]);
  if (rows[0]?.hasOpen !== false) return false;
  await tx.query(`drop table ${name}`);
  return true;
}

const DELETE_FROM_DEFAULT = /* sql */ `
  delete from job_executions_default
   where ctid = any (array(
           select ctid
             from job_executions_default
            where execution_time < $1
              and status in ('SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED')
            limit $2))`;

/** Deletes ended executions before the instant from the default partition. Returns whether there may be more. */
export async function deleteFromDefault(pool: Pool, before: Date): Promise<boolean> {
  const { rowCount } = await pool.query(DELETE_FROM_DEFAULT, [before, ROWS_PER_DELETE]);
  return rowCount === ROWS_PER_DELETE;
}
