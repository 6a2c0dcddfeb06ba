import {
  type BegunStatus,
  begunStatuses,
  type ExecutionFilter,
  type ExecutionPosition,
} from '../domain/execution-filter.ts';
import { EXECUTION_COLUMNS, EXECUTION_TIME_US, type PlacedExecution } from './execution-history.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';

/** A statement with so few sources is planned for each call. */
const FEW_SOURCES = 2;

/** The executions that match a filter, out of a bounded number of executions that were read. */
export type WalkedExecutions = {
  items: PlacedExecution[];
  /** The number of executions that were read. Less than was asked for at the end of the list. */
  readCount: number;
  /** The place after the last execution that was read. Undefined if none was read. */
  last: ExecutionPosition | undefined;
};

// The page begins after the place in $2 and $3. There is no further upper bound: with two of them, a scan began at the later
// one, and passed over all executions between the two.
const IN_PAGE = /* sql */ `
  execution_time >= $1
  and execution_time <= $2
  and (execution_time, id) < ($2, $3)`;

const LATEST = /* sql */ `
  order by execution_time desc, id desc
  limit $4`;

// Each status has an index of its own in the order of the list, so failures are found among millions of successes. Running
// executions are few, and are sorted. A source that was not asked for is not read.
const SOURCES = /* sql */ `
  (select * from job_executions where $5 and status in ('SUCCESS', 'FAILED', 'CANCELLED') and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $6 and status = 'FAILED' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $7 and status = 'CANCELLED' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $8 and status = 'RETRYING' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $9 and status = 'RUNNING' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $17 and status = 'SKIPPED' and ${IN_PAGE} ${LATEST})
  union all
  (select * from job_executions where $10 and trigger <> 'SCHEDULE' and ${IN_PAGE} ${LATEST})`;

// A scalar subquery is run once per row. A join or `exists` could be hashed, which reads all jobs. The host is found as by
// `HAS_HOST`.
const OF_MATCHING_JOB = /* sql */ `
  (($13::text is null and $14::text is null and $15::text is null)
   or (select ($13 is null or j.tags ? $13)
              and ($14 is null or j.job_group = $14)
              and ($15 is null
                   or starts_with(lower(j.api), 'https://' || $15 || '/')
                   or starts_with(lower(j.api), 'http://' || $15 || '/')
                   or (strpos(lower(j.api), $15) > 0 and job_host(j.api) = $15))
         from jobs j
        where j.id = e.job_id
          and j.deleted_at is null))`;

// The rows that are read are bounded before they are compared with the filter, regardless of the number of matches that
// the planner expects.
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
            where e.status = any($11::text[])
              and ($12::text is null or e.trigger = $12)
              and ($16::bigint is null or e.job_id = $16)
              and ${OF_MATCHING_JOB}
         ) e on true
   order by "timeUs" desc, id desc`;

type Row = { readCount: number; lastTimeUs: number | null; lastId: number | null } & (
  | PlacedExecution
  | { id: null; timeUs: null }
);

/**
 * Reads up to `count` executions with the wanted statuses, the latest first, and returns the executions that match.
 *
 * @param filter.until is ignored: the caller begins after that place.
 * @param options.ofFewDays whether `filter.since` leaves few days. The statement is then planned for their partitions alone, in
 * 1 ms. A plan of all days takes 3 to 4 ms for each source, so it may be kept if it has many.
 */
export async function walkExecutions(
  db: Queryable,
  filter: ExecutionFilter,
  { after, count, ofFewDays = false }: { after: ExecutionPosition; count: number; ofFewDays?: boolean },
): Promise<WalkedExecutions> {
  const { statuses = begunStatuses, since, jobId, tag, group, host, trigger } = filter;
  const isUnscheduled = trigger !== undefined && trigger !== 'SCHEDULE';
  const isWanted = (name: BegunStatus) => !isUnscheduled && statuses.includes(name);
  const isEnded = isWanted('SUCCESS');
  const sources = {
    ended: isEnded,
    failed: !isEnded && isWanted('FAILED'),
    cancelled: !isEnded && isWanted('CANCELLED'),
    retrying: isWanted('RETRYING'),
    running: isWanted('RUNNING'),
    unscheduled: isUnscheduled,
    skipped: isWanted('SKIPPED'),
  };
  const values = [
    since ?? '-infinity',
    toTimestamp(after.timeUs),
    after.id,
    count,
    sources.ended,
    sources.failed,
    sources.cancelled,
    sources.retrying,
    sources.running,
    sources.unscheduled,
    statuses,
    trigger ?? null,
    tag ?? null,
    group ?? null,
    host ?? null,
    jobId ?? null,
    sources.skipped,
  ];
  // A named statement with few sources would be planned for each call as well, after a plan for all sources: 28 to 116 ms.
  const isPlannedEachTime = ofFewDays || Object.values(sources).filter(Boolean).length <= FEW_SOURCES;
  const { rows } = await db.query<Row>(
    isPlannedEachTime
      ? { text: WALK_EXECUTIONS, values }
      : { name: 'walk_executions', text: WALK_EXECUTIONS, values },
  );
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
