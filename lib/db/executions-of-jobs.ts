import type { ExecutionFilter, ExecutionPosition } from '../domain/execution-filter.ts';
import { EXECUTION_COLUMNS, EXECUTION_TIME_US, type PlacedExecution } from './execution-history.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';

const IN_PAGE = /* sql */ `
  execution_time >= $2
  and execution_time <= $3
  and (execution_time, id) < ($3, $4)`;

// The unique index of occurrences and the index by status find the latest executions of each job. A join could read the
// executions of all jobs instead.
const LIST_OF_JOBS = /* sql */ `
  select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
    from unnest($1::bigint[]) job (job_id_wanted)
    cross join lateral (
           select *
             from job_executions
            where job_id = job_id_wanted
              and status <> 'SCHEDULED'
              and ($6::text is null or trigger = $6)
              and ${IN_PAGE}
            order by execution_time desc
            limit $5
         ) e
   order by e.execution_time desc, e.id desc
   limit $5`;

const LIST_OF_JOBS_BY_STATUS = /* sql */ `
  select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
    from unnest($1::bigint[]) job (job_id_wanted)
    cross join unnest($7::text[]) wanted (status_wanted)
    cross join lateral (
           select *
             from job_executions
            where job_id = job_id_wanted
              and status = status_wanted
              and ($6::text is null or trigger = $6)
              and ${IN_PAGE}
            order by execution_time desc
            limit $5
         ) e
   order by e.execution_time desc, e.id desc
   limit $5`;

/** Lists the executions of some jobs that have begun or ended, the latest first. */
export async function listExecutionsOfJobs(
  db: Queryable,
  jobIds: readonly number[],
  { statuses, since, trigger }: Pick<ExecutionFilter, 'statuses' | 'since' | 'trigger'>,
  { after, limit }: { after: ExecutionPosition; limit: number },
): Promise<PlacedExecution[]> {
  const values = [jobIds, since ?? '-infinity', toTimestamp(after.timeUs), after.id, limit, trigger ?? null];
  const { rows } = await db.query<PlacedExecution>(
    statuses === undefined
      ? { name: 'list_executions_of_jobs', text: LIST_OF_JOBS, values }
      : {
          name: 'list_executions_of_jobs_by_status',
          text: LIST_OF_JOBS_BY_STATUS,
          values: [...values, statuses],
        },
  );
  return rows;
}

// Reads one row of each of two indexes in each partition.
const FIND_EARLIEST = /* sql */ `
  select least(
           (select execution_time
              from job_executions
             where status in ('SUCCESS', 'FAILED', 'CANCELLED')
             order by execution_time, id
             limit 1),
           (select execution_time
              from job_executions
             where status = 'SKIPPED'
             order by execution_time, id
             limit 1)) as "earliest"`;

/** Finds the execution time of the earliest execution that has ended. Undefined if none has. */
export async function findEarliestEnded(db: Queryable): Promise<Date | undefined> {
  const { rows } = await db.query<{ earliest: Date | null }>({
    name: 'find_earliest_ended',
    text: FIND_EARLIEST,
  });
  return rows[0]?.earliest ?? undefined;
}
