import type { Dispatcher } from '../domain/execution-record.ts';
import type { Queryable } from './pool.ts';
import { REPLACE_CANCELLED } from './replace-cancelled.ts';

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
    ${REPLACE_CANCELLED}
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
  select job_id as "jobId" from inserted`;

/**
 * Writes a SKIPPED execution for each of these, and counts their occurrences. Returns the jobs that got one: a job gets none if the
 * last of its occurrences has an execution. Call it in the transaction that advances the schedules.
 */
export async function insertSkipped(
  tx: Queryable,
  skipped: readonly NewSkipped[],
  now: Date,
  by: Dispatcher,
): Promise<Set<number>> {
  const { rows } = await tx.query<{ jobId: number }>({
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
  return new Set(rows.map(({ jobId }) => jobId));
}
