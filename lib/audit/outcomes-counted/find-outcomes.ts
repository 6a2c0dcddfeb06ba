import type { Queryable } from '../../db/pool.ts';
import type { Page } from '../walk.ts';

/** SKIPPED counts occurrences, and the others count executions. */
export type Outcomes = { SUCCESS: number; FAILED: number; CANCELLED: number; SKIPPED: number };
export type Range = { from: Date; to: Date };

/**
 * Counts the executions of one page of a partition that ended in a range. Executions that a version without statistics ended
 * have no `finished_at`.
 *
 * The inner query has the position as its only condition, so that PostgreSQL reads a range of the primary key's index,
 * regardless of the statistics.
 */
export async function countEndedInPage(
  db: Queryable,
  { partition, after, limit, from, to }: Range & { partition: string; after: number; limit: number },
): Promise<Page<number, Outcomes>> {
  const { rows } = await db.query<{ read: number; last: number | null } & Outcomes>({
    // The statement is not prepared under a name, because its text is different for each partition.
    text: /* sql */ `
      -- audit_ended_executions
      with page as materialized (
        select id, status, finished_at, skipped_count
          from ${partition}
         where id > $1
         order by id
         limit $2
      ), ended as (
        select id, skipped_count, case when finished_at >= $3 and finished_at < $4 then status end as status from page
      )
      select count(*) as read, max(id) as last,
             count(*) filter (where status = 'SUCCESS') as "SUCCESS",
             count(*) filter (where status = 'FAILED') as "FAILED",
             count(*) filter (where status = 'CANCELLED') as "CANCELLED",
             coalesce(sum(skipped_count) filter (where status = 'SKIPPED'), 0) as "SKIPPED"
        from ended`,
    values: [after, limit, from, to],
  });
  const [first] = rows;
  if (first === undefined) return { read: 0, last: undefined, found: [] };
  const { read, last, ...outcomes } = first;
  return { read, last: read < limit ? undefined : (last ?? undefined), found: [outcomes] };
}

// The counts of minutes, and the outcomes that no tick has added to them yet. Both belong to the snapshot of the executions.
const COUNTED_OUTCOMES = /* sql */ `
  with counted as (
    select status, executions
      from outcome_counts
     where series = 'all'
       and period_seconds = 60
       and starts_at >= $1
       and starts_at < $2
     union all
    select status, executions
      from outcome_batches
     where minute >= $1
       and minute < $2
  )
  select coalesce(sum(executions) filter (where status = 'SUCCESS'), 0)::bigint as "SUCCESS",
         coalesce(sum(executions) filter (where status = 'FAILED'), 0)::bigint as "FAILED",
         coalesce(sum(executions) filter (where status = 'CANCELLED'), 0)::bigint as "CANCELLED",
         coalesce(sum(executions) filter (where status = 'SKIPPED'), 0)::bigint as "SKIPPED"
    from counted`;

/** Reads how many outcomes of a range of minutes are counted. */
export async function readCountedOutcomes(db: Queryable, { from, to }: Range): Promise<Outcomes> {
  const { rows } = await db.query<Outcomes>({
    name: 'audit_counted_outcomes',
    text: COUNTED_OUTCOMES,
    values: [from, to],
  });
  return rows[0] ?? { SUCCESS: 0, FAILED: 0, CANCELLED: 0, SKIPPED: 0 };
}

const HAS_OUTCOMES_BEFORE = /* sql */ `
  select exists (
    select
      from outcome_counts
     where series = 'all'
       and period_seconds = 86400
       and starts_at < $1) as "hasOutcomes"`;

/** Tells whether outcomes of an earlier day are counted. */
export async function hasOutcomesBefore(db: Queryable, day: Date): Promise<boolean> {
  const { rows } = await db.query<{ hasOutcomes: boolean }>({
    name: 'audit_outcomes_before',
    text: HAS_OUTCOMES_BEFORE,
    values: [day],
  });
  return rows[0]?.hasOutcomes === true;
}
