import {
  type BegunStatus,
  begunStatuses,
  type ExecutionFilter,
  type ExecutionPosition,
} from '../domain/execution-filter.ts';
import { EXECUTION_COLUMNS, EXECUTION_TIME_US, type PlacedExecution } from './execution-history.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';

/** The executions that match a filter, out of a bounded number of executions that were read. */
export type WalkedExecutions = {
  items: PlacedExecution[];
  /** The number of executions that were read. Less than was asked for at the end of the list. */
  readCount: number;
  /** The place after the last execution that was read. Undefined if none was read. */
  last: ExecutionPosition | undefined;
};

// $1 and $2 are bounds of the execution time, $3 and $4 the place after which the page begins.
const IN_PAGE = /* sql */ `
  execution_time >= $1
  and execution_time <= $3
  and (execution_time, id) < ($3, $4)
  and execution_time < $2`;

const LATEST = /* sql */ `
  order by execution_time desc, id desc
  limit $5`;

// Each status has an index of its own in the order of the list, so failures are found among millions of successes. Running
// executions are few, and are sorted. A source that was not asked for is not read.
const SOURCES = /* sql */ `
  (select * from job_executions where $6 and status in ('SUCCESS', 'FAILED', 'CANCELLED') and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $7 and status = 'FAILED' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $8 and status = 'CANCELLED' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $9 and status = 'RETRYING' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $10 and status = 'RUNNING' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $11 and trigger <> 'SCHEDULE' and ${IN_PAGE} ${LATEST})`;

// A scalar subquery is run once per row. A join or `exists` could be hashed, which reads all jobs.
const OF_MATCHING_JOB = /* sql */ `
  (($14::text is null and $15::text is null and $16::text is null)
   or (select ($14 is null or j.tags ? $14)
              and ($15 is null or j.job_group = $15)
              and ($16 is null or job_host(j.api) = $16)
         from jobs j
        where j.id = e.job_id
          and j.deleted_at is null))`;

// The rows that are read are bounded before they are compared with the filter, whatever the planner expects to match.
const WALK_EXECUTIONS = /* sql */ `
  with walked as materialized (
    select * from (${SOURCES}) s ${LATEST}
  ), bound as (
    select count(*) as read,
           (select (extract(epoch from execution_time) * 1000000)::bigint
              from walked order by execution_time, id limit 1) as time_us,
           (select id from walked order by execution_time, id limit 1) as id
      from walked
  )
  select b.read as "readCount", b.time_us as "lastTimeUs", b.id as "lastId", e.*
    from bound b
    left join (
           select ${EXECUTION_COLUMNS}, ${EXECUTION_TIME_US}
             from walked e
            where e.status = any($12::text[])
              and ($13::text is null or e.trigger = $13)
              and ($17::bigint is null or e.job_id = $17)
              and ${OF_MATCHING_JOB}
         ) e on true
   order by "timeUs" desc, id desc`;

type Row = { readCount: number; lastTimeUs: number | null; lastId: number | null } & (
  | PlacedExecution
  | { id: null; timeUs: null }
);

/** Reads up to `count` executions with the wanted statuses, the latest first, and returns the executions that match. */
export async function walkExecutions(
  db: Queryable,
  filter: ExecutionFilter,
  { after, count }: { after: ExecutionPosition; count: number },
): Promise<WalkedExecutions> {
  const { statuses = begunStatuses, since, until, jobId, tag, group, host, trigger } = filter;
  const isUnscheduled = trigger !== undefined && trigger !== 'SCHEDULE';
  const isWanted = (name: BegunStatus) => !isUnscheduled && statuses.includes(name);
  const isEnded = isWanted('SUCCESS');
  const values = [
    since ?? '-infinity',
    until ?? 'infinity',
    toTimestamp(after.timeUs),
    after.id,
    count,
    isEnded,
    !isEnded && isWanted('FAILED'),
    !isEnded && isWanted('CANCELLED'),
    isWanted('RETRYING'),
    isWanted('RUNNING'),
    isUnscheduled,
    statuses,
    trigger ?? null,
    tag ?? null,
    group ?? null,
    host ?? null,
    jobId ?? null,
  ];
  const { rows } = await db.query<Row>({ name: 'walk_executions', text: WALK_EXECUTIONS, values });
  return toWalked(rows);
}

function toWalked(rows: readonly Row[]): WalkedExecutions {
  const { readCount = 0, lastTimeUs, lastId } = rows[0] ?? {};
  const items = rows.flatMap((row): PlacedExecution[] => {
    if (row.id === null) return [];
    const { readCount: _, lastTimeUs: __, lastId: ___, ...execution } = row;
    return [execution];
  });
  const last = lastTimeUs == null || lastId == null ? undefined : { timeUs: lastTimeUs, id: lastId };
  return { items, readCount, last };
}
