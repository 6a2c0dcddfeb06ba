import { isLockTimeout } from './errors.ts';
import type { Pool, Queryable } from './pool.ts';
import { inTransaction } from './transaction.ts';
import { DAY_MS } from '../domain/day.ts';

/** Any number will do that no other lock of ours has. */
export const PARTITION_LOCK = 7_206_176;

const FIND_PARTITIONS = /* sql */ `
  select c.relname as name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'job_executions'::regclass
     and c.relname like 'job\\_executions\\_p%'`;

/** The names of the days' partitions. */
export async function findPartitions(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(FIND_PARTITIONS);
  return rows.map((row) => row.name);
}

/** `job_executions_p20261124` holds the executions of that day, UTC. */
export function partitionName(dayMs: number): string {
  return `job_executions_p${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** The midnight, UTC, that a day's partition begins with. */
export function dayOfPartition(name: string): number {
  const day = /p(\d{4})(\d\d)(\d\d)$/.exec(name);
  if (day === null) throw new Error(`${name} is no partition of a day`);
  return Date.parse(day.slice(1).join('-'));
}

/** Rows that one call moves out of the default partition for a day: a second or two in which the whole table is locked. */
const MAX_MOVED_ROWS = 100_000;

/** Names of partitions; the default one stands in for a missing one until a later call makes it. */
export type EnsuredPartitions = { made: string[]; missing: string[] };

/** Partitions could not be made. The default partition takes what belongs to them. */
export class PartitionsMissingError extends Error {
  readonly code = 'PARTITIONS_MISSING';
  readonly missing: readonly string[];

  constructor(missing: readonly string[], options: { cause: unknown }) {
    super(`${missing.join(', ')} could not be made; the default partition stands in`, options);
    this.missing = missing;
  }
}

/**
 * Makes sure that today (UTC) and `daysAhead` further days have their partition, and says which of them it made. Rows
 * that the default partition caught meanwhile move to where they belong.
 *
 * While somebody keeps the default partition (a dump reads every table for as long as it runs) none can be made: the
 * rest are missing then, and a later call makes them.
 *
 * @throws PartitionsMissingError when a partition cannot be made for another reason.
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
      // The days after would fail alike, and each would take its time.
      missing.push(...absent.slice(index).map(partitionName));
      if (!isLockTimeout(error)) cause ??= error;
      break;
    }
  }
  if (cause !== undefined) throw new PartitionsMissingError(missing, { cause });
  return { made, missing };
}

/** A reason that one day has no partition, and no other. */
class UnmadeDayError extends Error {}

/**
 * The table is made first and attached then: ATTACH leaves readers and writers of the other partitions alone, where
 * `create table … partition of` would stop them all. False when another maker was faster.
 */
async function makePartition(tx: Queryable, name: string, dayMs: number): Promise<boolean> {
  // Rather give up, and let the next tick try, than queue every statement behind a lock that does not come.
  await tx.query(`set local lock_timeout = '2s'`);
  await tx.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
  const from = new Date(dayMs).toISOString();
  const to = new Date(dayMs + DAY_MS).toISOString();
  const existing = await tx.query(`select to_regclass($1) as name`, [name]);
  if (existing.rows[0]?.name) {
    if ((await findPartitions(tx)).includes(name)) return false;
    throw new UnmadeDayError(`${name} is there and is no partition of job_executions; rename or drop it`);
  }
  const toMove = await tx.query(
    'select from job_executions_default where execution_time >= $1 and execution_time < $2 limit $3',
    [from, to, MAX_MOVED_ROWS + 1],
  );
  if ((toMove.rowCount ?? 0) > MAX_MOVED_ROWS)
    throw new UnmadeDayError(
      `the default partition holds more than ${MAX_MOVED_ROWS} executions of the day; it keeps them`,
    );
  await tx.query(
    `create table ${name} (like job_executions including defaults including constraints including indexes)`,
  );
  // A statement that waits for the default partition alone has its plan, which knows no new partition, and would find
  // the rows it is after nowhere: a claim, or an outcome, would be lost. So where rows move, everybody waits before.
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
