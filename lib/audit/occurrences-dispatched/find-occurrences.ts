import type { Queryable } from '../../db/pool.ts';

/** A stored occurrence. A SKIPPED one stands for `skippedCount` occurrences, from `skippedFrom` to its execution time. */
export type Occurrence = {
  executionTime: Date;
  status: string;
  createdAt: Date;
  skippedFrom: Date | null;
  skippedCount: number | null;
};

/** The occurrences of a job whose execution time is at or after `from` and before `to`. */
export type OccurrenceRange = { jobId: number; from: Date; to: Date };

/** An occurrence that a caller cancelled is not dispatched again, so it does not count as withdrawn. */
const STATUS = /* sql */ `case when cancel_requested_at is null then status else 'CANCELLED_BY_CALLER' end as status`;

// Reads one job at a time from the index that makes an occurrence unique, up to `limit` rows per job. The bounds $4 and
// $5 repeat what the ranges say. They are known when the statement is planned, so the plan skips all other partitions.
const LIST_OCCURRENCES = /* sql */ `
  select r.job_id as "jobId", e.execution_time as "executionTime", e.status, e.created_at as "createdAt",
         e.skipped_from as "skippedFrom", e.skipped_count as "skippedCount"
    from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) r (job_id, from_time, to_time)
    cross join lateral (
           select execution_time, ${STATUS}, created_at, skipped_from, skipped_count
             from job_executions
            where job_id = r.job_id
              and trigger = 'SCHEDULE'
              and execution_time >= r.from_time
              and execution_time < r.to_time
              and execution_time >= $4
              and execution_time < $5
            order by execution_time
            limit $6
         ) e`;

/** Lists the first `limit` occurrences of each range in order, by job. Each range must have a different job. */
export async function listOccurrences(
  db: Queryable,
  ranges: readonly OccurrenceRange[],
  limit: number,
): Promise<Map<number, Occurrence[]>> {
  const occurrences = new Map<number, Occurrence[]>(ranges.map(({ jobId }) => [jobId, []]));
  if (ranges.length === 0) return occurrences;
  // The statement is not prepared under a name, so that PostgreSQL plans it for these bounds.
  const { rows } = await db.query<Occurrence & { jobId: number }>({
    text: LIST_OCCURRENCES,
    values: [
      ranges.map((range) => range.jobId),
      ranges.map((range) => range.from),
      ranges.map((range) => range.to),
      new Date(Math.min(...ranges.map((range) => range.from.getTime()))),
      new Date(Math.max(...ranges.map((range) => range.to.getTime()))),
      limit,
    ],
  });
  for (const { jobId, ...occurrence } of rows) occurrences.get(jobId)?.push(occurrence);
  return occurrences;
}

const OCCURRENCE = /* sql */ `
  execution_time as "executionTime", ${STATUS}, created_at as "createdAt",
  skipped_from as "skippedFrom", skipped_count as "skippedCount"`;

const FIND_OCCURRENCE_FROM = /* sql */ `
  select ${OCCURRENCE}
    from job_executions
   where job_id = $1
     and trigger = 'SCHEDULE'
     and execution_time >= $2
   order by execution_time
   limit 1`;

/** Finds a job's first occurrence at or after an instant. */
export async function findOccurrenceFrom(
  db: Queryable,
  jobId: number,
  from: Date,
): Promise<Occurrence | undefined> {
  const { rows } = await db.query<Occurrence>({
    name: 'audit_occurrence_from',
    text: FIND_OCCURRENCE_FROM,
    values: [jobId, from],
  });
  return rows[0];
}

const FIND_OCCURRENCE_BEFORE = /* sql */ `
  select ${OCCURRENCE}
    from job_executions
   where job_id = $1
     and trigger = 'SCHEDULE'
     and execution_time < $2
   order by execution_time desc
   limit 1`;

/** Finds a job's last occurrence before an instant. */
export async function findOccurrenceBefore(
  db: Queryable,
  jobId: number,
  before: Date,
): Promise<Occurrence | undefined> {
  const { rows } = await db.query<Occurrence>({
    name: 'audit_occurrence_before',
    text: FIND_OCCURRENCE_BEFORE,
    values: [jobId, before],
  });
  return rows[0];
}

// Reads the index of job, status and execution time.
const FIND_SKIPPED_FROM = /* sql */ `
  select ${OCCURRENCE}
    from job_executions
   where job_id = $1
     and status = 'SKIPPED'
     and execution_time >= $2
   order by execution_time
   limit 1`;

/** Finds a job's first SKIPPED execution at or after an instant. */
export async function findSkippedFrom(
  db: Queryable,
  jobId: number,
  from: Date,
): Promise<Occurrence | undefined> {
  const { rows } = await db.query<Occurrence>({
    name: 'audit_skipped_from',
    text: FIND_SKIPPED_FROM,
    values: [jobId, from],
  });
  return rows[0];
}

/** Finds when the database became able to record skipped occurrences. */
export async function findSkipsRecordedSince(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ since: Date }>({
    name: 'audit_skips_recorded_since',
    text: `select applied_at as since from schema_migrations where name = 'skipped-occurrences'`,
  });
  return rows[0]?.since ?? new Date(8.64e15);
}
