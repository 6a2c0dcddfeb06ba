import type { Queryable } from '../../db/pool.ts';

export type Occurrence = { executionTime: Date; status: string; createdAt: Date };

/** The executions of a job from an instant on and before another. */
export type OccurrenceRange = { jobId: number; from: Date; to: Date };

// A job at a time, from the index that makes an occurrence unique, and `limit` of each job at most. The two bounds that
// say nothing the ranges do not are known when the statement is planned, and keep all other partitions out of it.
const LIST_OCCURRENCES = /* sql */ `
  select r.job_id as "jobId", e.execution_time as "executionTime", e.status, e.created_at as "createdAt"
    from unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) r (job_id, from_time, to_time)
    cross join lateral (
           select execution_time, status, created_at
             from job_executions
            where job_id = r.job_id
              and execution_time >= r.from_time
              and execution_time < r.to_time
              and execution_time >= $4
              and execution_time < $5
            order by execution_time
            limit $6
         ) e`;

/** The first `limit` executions of each range, in order, by job. Ranges must be of different jobs. */
export async function listOccurrences(
  db: Queryable,
  ranges: readonly OccurrenceRange[],
  limit: number,
): Promise<Map<number, Occurrence[]>> {
  const occurrences = new Map<number, Occurrence[]>(ranges.map(({ jobId }) => [jobId, []]));
  if (ranges.length === 0) return occurrences;
  // Without a name, so that it is planned for these bounds.
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

const FIND_OCCURRENCE_FROM = /* sql */ `
  select execution_time as "executionTime", status, created_at as "createdAt"
    from job_executions
   where job_id = $1
     and execution_time >= $2
   order by execution_time
   limit 1`;

/** The first of a job's executions from an instant on. */
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
  select execution_time as "executionTime", status, created_at as "createdAt"
    from job_executions
   where job_id = $1
     and execution_time < $2
   order by execution_time desc
   limit 1`;

/** The last of a job's executions before an instant. */
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
