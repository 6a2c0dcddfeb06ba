import { isLockTimeout } from './errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { inTransaction } from './transaction.ts';
import { DAY_MS } from '../domain/day.ts';

/** The id of the advisory lock. It can be any number that no other lock of Belfry has. */
export const PARTITION_LOCK = 7_206_176;

const FIND_PARTITIONS = /* sql */ `
  select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'job_executions'::regclass
     and c.relname like 'job\\_executions\\_p%'`;

/** Finds the names of the partitions of days. */
export async function findPartitions(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(FIND_PARTITIONS);
  return rows.map((row) => row.name);
}

/** `job_executions_p20261124` holds the executions of that day, UTC. */
export function partitionName(dayMs: number): string {
  return `job_executions_p${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** Returns the start (midnight UTC) of the day of a partition. */
export function dayOfPartition(name: string): number {
  const day = /p(\d{4})(\d\d)(\d\d)$/.exec(name);
  if (day === null) throw new Error(`${name} is not the partition of a day`);
  return Date.parse(day.slice(1).join('-'));
}

/** The maximum number of rows to move out of the default partition for a day. It locks the whole table for 1 to 2 s. */
const MAX_MOVED_ROWS = 100_000;

/** Names of partitions. The default partition takes the rows of a missing one until a later call creates it. */
export type EnsuredPartitions = { made: string[]; missing: string[] };

/** Partitions could not be created. The default partition takes their rows. */
export class PartitionsMissingError extends Error {
  readonly code = 'PARTITIONS_MISSING';
  readonly missing: readonly string[];

  constructor(missing: readonly string[], options: { cause: unknown }) {
    super(`could not create ${missing.join(', ')}; the default partition takes their executions`, options);
    this.missing = missing;
  }
}

/**
 * Creates the partitions of today (UTC) and of the next `daysAhead` days, unless they exist. Rows in the default
 * partition move to the new partitions. Returns the names of created and of missing partitions.
 *
 * While another session locks the default partition (a dump reads every table for as long as it runs), no partition can
 * be created. A later call creates the missing ones.
 *
 * @throws PartitionsMissingError when a partition cannot be created for another reason.
 */
export async function ensurePartitions(pool: Pool, now: Date, daysAhead: number): Promise<EnsuredPartitions> {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const wanted = Array.from({ length: daysAhead + 1 }, (_, day) => today + day * DAY_MS);
  const names = new Set(await findPartitions(pool));
  const absent = wanted.filter((dayMs) => !names.has(partitionName(dayMs)));
  const made: string[] = [];
  const missing: string[] = [];
  let cause: unknown;
  for (const [index, dayMs] of absent.entries()) {
    const name = partitionName(dayMs);
    try {
      if (await inTransaction(pool, (tx) => makePartition(tx, name, dayMs))) made.push(name);
    } catch (error) {
      if (error instanceof UnmadeDayError) {
        missing.push(name);
        cause ??= error;
        continue;
      }
      // Later days would fail for the same reason, and each would wait for its timeout.
      missing.push(...absent.slice(index).map(partitionName));
      if (!isLockTimeout(error)) cause ??= error;
      break;
    }
  }
  if (cause !== undefined) throw new PartitionsMissingError(missing, { cause });
  return { made, missing };
}

/** The partition of one day cannot be created. Other days are not affected. */
class UnmadeDayError extends Error {}

/**
 * Creates the partition of a day. Returns false if another process was faster. It creates a table and attaches it,
 * because ATTACH does not block readers and writers of other partitions, while `create table … partition of` blocks all
 * of them.
 */
async function makePartition(tx: Queryable, name: string, dayMs: number): Promise<boolean> {
  // After the timeout, the next tick tries again. Without it, every statement would wait behind a lock that is not
  // granted.
  await tx.query(`set local lock_timeout = '2s'`);
  await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  const from = new Date(dayMs).toISOString();
  const to = new Date(dayMs + DAY_MS).toISOString();
  const existing = await tx.query(`select to_regclass($1) as name`, [name]);
  if (existing.rows[0]?.name) {
    if ((await findPartitions(tx)).includes(name)) return false;
    throw new UnmadeDayError(
      `the table ${name} exists, but is not a partition of job_executions; rename or drop it`,
    );
  }
  const toMove = await tx.query(
    'select from job_executions_default where execution_time >= $1 and execution_time < $2 limit $3',
    [from, to, MAX_MOVED_ROWS + 1],
  );
  if ((toMove.rowCount ?? 0) > MAX_MOVED_ROWS)
    throw new UnmadeDayError(
      `the default partition keeps the executions of the day, because it has more than ${MAX_MOVED_ROWS} of them`,
    );
  await tx.query(
    `create table ${name} (like job_executions including defaults including constraints including indexes)`,
  );
  // If rows move, this locks the whole table. A statement that waited only for the lock on the default partition would
  // continue with a plan without the new partition, and would not find its rows: a claim or an outcome would be lost.
  if (toMove.rowCount !== 0) await tx.query('lock table only job_executions in access exclusive mode');
  await tx.query('lock table job_executions_default in access exclusive mode');
  await tx.query(
    `with moved as (
       delete from job_executions_default where execution_time >= $1 and execution_time < $2 returning *
     )
     insert into ${name} select * from moved`,
    [from, to],
  );
  await tx.query(
    `alter table job_executions attach partition ${name} for values from ('${from}') to ('${to}')`,
  );
  return true;
}
