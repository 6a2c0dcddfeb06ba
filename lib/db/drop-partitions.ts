import { isLockTimeout } from './errors.ts';
import { dayOfPartition, findPartitions, PARTITION_LOCK, partitionName } from './partitions.ts';
import type { Pool, Queryable } from './pool.ts';
import { inTransaction } from './transaction.ts';
import { DAY_MS } from '../domain/day.ts';

/** Of rows that lie in the default partition a statement deletes so many. */
const ROWS_PER_DELETE = 1_000;

// By the index of what waits and that of leases, in one partition: a day that is over has nothing in either.
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

/** Names of partitions; those that are kept, since something in them is open or somebody reads them, go another time. */
export type DroppedPartitions = { dropped: string[]; kept: string[] };

/**
 * Drops the partitions of the days (UTC) before that of `before`, the oldest first, at most `limit` of them. A partition
 * with executions that wait or run is kept.
 *
 * A drop needs the whole table to itself for a moment. It waits for that no longer than 100 ms, in which others wait behind
 * it; who holds the table for longer (a dump, a report) keeps the partition until a later call. Detaching it concurrently,
 * which would lock nobody out, PostgreSQL refuses beside a default partition.
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
  // Another may have been faster.
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
              and status in ('SUCCESS', 'FAILED', 'CANCELLED')
            limit $2))`;

/** Deletes ended executions of before that day which the default partition caught; returns whether there may be more. */
export async function deleteFromDefault(pool: Pool, before: Date): Promise<boolean> {
  const { rowCount } = await pool.query(DELETE_FROM_DEFAULT, [before, ROWS_PER_DELETE]);
  return rowCount === ROWS_PER_DELETE;
}
