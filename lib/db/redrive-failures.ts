import type { JsonText } from '../domain/job.ts';
import type { Redrive } from '../domain/operation.ts';
import { IS_NOT_BEING_REPEATED, lockToRepeat } from './open-repetitions.ts';
import type { Queryable } from './pool.ts';

const LIST_FAILED_JOBS = /* sql */ `
  select job_id as "jobId"
    from failure_jobs
   where group_id = $1
     and job_id > $2
     and job_id <= $3
   order by job_id
   limit $4`;

/** Lists the jobs of a failure group. `lastId` is the position of the next page, and null after the last one. */
export async function listFailedJobIds(
  db: Queryable,
  groupId: number,
  { afterId, maxId, limit }: { afterId: number; maxId: number; limit: number },
): Promise<{ ids: number[]; lastId: number | null }> {
  const { rows } = await db.query<{ jobId: number }>({
    name: 'list_failed_job_ids',
    text: LIST_FAILED_JOBS,
    values: [groupId, afterId, maxId, limit],
  });
  const ids = rows.map(({ jobId }) => jobId);
  return { ids, lastId: ids.length < limit ? null : (ids.at(-1) ?? null) };
}

export type FailureToRedrive = {
  id: number;
  jobId: number;
  executionTime: Date;
  body: JsonText | null;
  requestUrl: string | null;
};

// The index of the history of a job by status serves this. The success of a report is not a success of its job.
const HAS_SUCCEEDED_SINCE = /* sql */ `
          exists (
               select from job_executions s
                where s.job_id = f.job_id
                  and s.status = 'SUCCESS'
                  and s.trigger <> 'CALLBACK'
                  and s.execution_time > f.last_execution_time)`;

// The time of the last failure is in milliseconds, and an unscheduled execution has microseconds.
const FIND_TO_REDRIVE = /* sql */ `
  select f.job_id as "jobId", f.last_execution_id as id, f.last_execution_time as "executionTime", e.body, e.request_url as "requestUrl"
    from failure_jobs f
    cross join lateral (
           select request_body::text as body, request_url
             from job_executions
            where id = f.last_execution_id
              and execution_time >= f.last_execution_time
              and execution_time < f.last_execution_time + interval '1 ms'
            limit 1
         ) e
   where f.group_id = $1
     and f.job_id = any($2::bigint[])
     and ($3 or not ${HAS_SUCCEEDED_SINCE})
   order by f.job_id`;

/**
 * Finds the last failed execution of each of these jobs in a failure group. Jobs that have succeeded since are left out, unless
 * the redrive includes them. Executions that the retention has removed are left out: what they sent is unknown. So are executions
 * that an open execution repeats already. The others are locked until the transaction ends.
 */
export async function findToRedrive(
  tx: Queryable,
  { failureGroupId, includeSucceeded }: Redrive,
  jobIds: readonly number[],
): Promise<FailureToRedrive[]> {
  const { rows } = await tx.query<FailureToRedrive>({
    name: 'find_failures_to_redrive',
    text: FIND_TO_REDRIVE,
    values: [failureGroupId, jobIds, includeSucceeded],
  });
  const repetitions = await lockToRepeat(tx, rows);
  return rows.filter(({ id }) => !repetitions.has(id));
}

/** Executions to redrive are counted up to this number. */
const COUNTED = 1_000;

// The limit ends the walk through the jobs of the group. Each probe for a later success uses the same index as the redrive.
const COUNT_TO_REDRIVE = /* sql */ `
  select count(*) as count
    from (select
            from failure_jobs f
           where f.group_id = $1
             and exists (select from jobs j where j.id = f.job_id and j.deleted_at is null)
             and ($2 or not ${HAS_SUCCEEDED_SINCE})
             and ${IS_NOT_BEING_REPEATED}
           limit ${COUNTED + 1}) counted`;

/** Counts the executions that a redrive would repeat now, up to 1,000. */
export async function countToRedrive(
  db: Queryable,
  { failureGroupId, includeSucceeded }: Redrive,
): Promise<{ count: number; isCapped: boolean }> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_failures_to_redrive',
    text: COUNT_TO_REDRIVE,
    values: [failureGroupId, includeSucceeded],
  });
  const count = rows[0]?.count ?? 0;
  return { count: Math.min(count, COUNTED), isCapped: count > COUNTED };
}
