import type { Dispatcher } from '../domain/execution-record.ts';
import { boundsOf } from './execution-bounds.ts';
import type { Queryable } from './pool.ts';

/** Consecutive occurrences of a schedule that were left out. */
export type NewSkipped = { jobId: number; jobRevision: number; first: Date; last: Date; count: number };

/** The largest value of a column of type integer. */
const MAX_INTEGER = 2_147_483_647;
/** The most occurrences of one row of `outcome_batches`. Together, the jobs of a group may have more than an integer holds. */
const MOST_COUNTED = 1_000_000_000;

// A subquery reads each group by the primary key: a join could be hashed, which reads all jobs.
const INSERT_SKIPPED = /* sql */ `
  with inserted as (
    insert into job_executions (job_id, job_revision, status, execution_time, due_at, reason, skipped_from, skipped_count,
                                finished_at, created_at, updated_at, late_dispatch_by)
    select job_id, job_revision, 'SKIPPED', last_time, last_time, 'MISFIRE', first_time, count, $6, $6, $6, $7
      from unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::timestamptz[], $5::integer[])
             d (job_id, job_revision, first_time, last_time, count)
    returning job_id, skipped_count
  ), of_groups as (
    select job_group, sum(skipped_count) as total
      from (select (select job_group from jobs where id = job_id) as job_group, skipped_count from inserted) i
     group by job_group
  ), counted as (
    insert into outcome_batches (minute, job_group, status, executions, durations_ms, latenesses_ms)
    select date_trunc('minute', $6::timestamptz, 'UTC'), job_group, 'SKIPPED',
           least(${MOST_COUNTED}, total - ${MOST_COUNTED} * part), '{}', '{}'
      from of_groups
     cross join lateral generate_series(0, (total - 1) / ${MOST_COUNTED}) part
  )
  select count(*) from inserted`;

/**
 * Writes a SKIPPED execution for each of these, and counts their occurrences. None of them may have an execution. Call it in the
 * transaction that advances the schedules.
 */
export async function insertSkipped(
  tx: Queryable,
  skipped: readonly NewSkipped[],
  now: Date,
  by: Dispatcher,
): Promise<void> {
  await tx.query({
    name: 'insert_skipped',
    text: INSERT_SKIPPED,
    values: [
      skipped.map(({ jobId }) => jobId),
      skipped.map(({ jobRevision }) => jobRevision),
      skipped.map(({ first }) => first),
      skipped.map(({ last }) => last),
      skipped.map(({ count }) => Math.min(count, MAX_INTEGER)),
      now,
      by,
    ],
  });
}

/** An occurrence that has an execution. One that was cancelled before it ran, and not by a caller, may be written again. */
export type StoredOccurrence = { id: number; executionTime: Date; isReplaceable: boolean };

// Reads one job at a time from the index that makes an occurrence unique. The bounds $4 and $5 repeat what the ranges say: they are known
// when the statement is planned, so that the plan skips all other partitions.
const FIND_STORED = /* sql */ `
  select r.job_id as "jobId", e.id, e.execution_time as "executionTime", e.is_replaceable as "isReplaceable"
    from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) r (job_id, first_time, last_time)
    cross join lateral (
           select id, execution_time,
                  status = 'CANCELLED' and started_at is null and cancel_requested_at is null as is_replaceable
             from job_executions
            where job_id = r.job_id
              and trigger = 'SCHEDULE'
              and execution_time >= r.first_time
              and execution_time <= r.last_time
              and execution_time >= $4
              and execution_time <= $5
            order by execution_time
            limit $6
         ) e`;

/** Finds the first `limit` occurrences that have an execution, in order, of each range. Each range must have a different job. */
export async function findStoredOccurrences(
  tx: Queryable,
  ranges: readonly { jobId: number; firstMs: number; lastMs: number }[],
  limit: number,
): Promise<Map<number, StoredOccurrence[]>> {
  // The statement has no name, so that PostgreSQL plans it for these bounds.
  const { rows } = await tx.query<StoredOccurrence & { jobId: number }>({
    text: FIND_STORED,
    values: [
      ranges.map(({ jobId }) => jobId),
      ranges.map(({ firstMs }) => new Date(firstMs)),
      ranges.map(({ lastMs }) => new Date(lastMs)),
      new Date(Math.min(...ranges.map(({ firstMs }) => firstMs))),
      new Date(Math.max(...ranges.map(({ lastMs }) => lastMs))),
      limit,
    ],
  });
  return Map.groupBy(rows, ({ jobId }) => jobId);
}

const DELETE_REPLACED = /* sql */ `
  delete from job_executions
   where id = any($1::bigint[])
     and execution_time >= $2
     and execution_time < $3`;

/** Deletes the executions of occurrences that a SKIPPED execution now stands for. They never ran, and have nothing of their own. */
export async function deleteReplaced(
  tx: Queryable,
  executions: readonly { id: number; executionTime: Date }[],
): Promise<void> {
  if (executions.length === 0) return;
  const { from, to } = boundsOf(executions);
  await tx.query({
    name: 'delete_replaced_executions',
    text: DELETE_REPLACED,
    values: [executions.map(({ id }) => id), from, to],
  });
}
