import { startOfDay } from '../domain/day.ts';
import type { JobFilter } from '../domain/job-filter.ts';
import type { UpcomingPlace } from '../domain/upcoming.ts';
import { filterParameters, MATCHES, MAY_MATCH } from './job-conditions.ts';
import { NEXT_TIME } from './jobs.ts';
import { exactSource, findSmallSource, gather, gatherText, walksOf, WHOLE } from './match-jobs.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';
import { walkJobs } from './walk-jobs.ts';

/** A job with the place of its next time in the list. */
export type PlacedId = { id: number; place: UpcomingPlace };

/** Jobs in the order of their next times, and where the list continues: null at its end. */
export type JobsByNextTime = { items: PlacedId[]; last: UpcomingPlace | null };

type Place = UpcomingPlace | undefined;

/** The most jobs that are sorted for a page. The next time of each is looked for: 2,000 took 40 ms of processor time. */
const MAX_SORTED = 1_000;

const PLACE = /* sql */ `
  (extract(epoch from at) * 1000000)::bigint as "atUs", source = 0 as "isDispatched", place_id as "placeId"`;

// The next time of a job is that of an execution that was dispatched ahead, or of its schedule. Both indexes are read from the
// place on, merged, and bounded before the jobs are compared with the filter, in the order of the list, until enough match. An
// occurrence that is not the next one of its job is passed over; the planner would look for the next time of each job before it
// compares the job with a filter that costs more. No next time is on an earlier day, so the statement is planned for
// the partitions from today on ($19) alone.
const WALK = /* sql */ `
  with walked as materialized (
    select *
      from (
             (select due_at as at, 0 as source, id as place_id, job_id, execution_time,
                     status = 'SCHEDULED' and trigger = 'SCHEDULE' as may_match
                from job_executions
               where status in ('SCHEDULED', 'RETRYING')
                 and execution_time >= $19
                 and (due_at, id) > ($13, $14)
               order by due_at, id
               limit $17)
             union all
             (select next_execution_time, 1, job_id, job_id, next_execution_time, true
                from job_schedules
               where (next_execution_time, job_id) > ($15, $16)
               order by next_execution_time, job_id
               limit $17)
           ) u
     order by at, source, place_id
     limit $17
  ), matching as (
    select w.*
      from (select * from walked order by at, source, place_id offset 0) w
      cross join lateral (
             select from jobs j
              where w.may_match
                and ($10::text is null or $10 <> 'FAILED' or (select true from failing_jobs f where f.job_id = w.job_id))
                and ($18::timestamptz is null or w.execution_time < $18)
                and j.id = w.job_id
                and j.deleted_at is null
                and case when ${MATCHES} then ${NEXT_TIME} = w.execution_time else false end
              limit 1
           ) m
     limit $20
  )
  select job_id as id, ${PLACE}, (select count(*) from walked) as "readCount", is_match as "isMatch"
    from (
           (select m.*, true as is_match from matching m)
           union all
           (select w.*, false from walked w order by at desc, source desc, place_id desc limit 1)
         ) found
   order by is_match desc, at, source, place_id`;

type WalkedRow = { id: number; atUs: number; isDispatched: boolean; placeId: number };

async function walk(
  db: Queryable,
  filter: JobFilter,
  { after, count, most }: { after: Place; count: number; most: number },
  now: Date,
): Promise<JobsByNextTime> {
  // The next time of a job is that of its place, so it is not looked for again.
  const { nextBefore, ...others } = filter;
  const time = after === undefined ? '-infinity' : toTimestamp(after.atUs);
  const isAhead = after !== undefined && after.atUs >= now.getTime() * 1_000;
  // Not prepared under a name, as `walkJobs`: a plan for any filter takes 38 ms to make.
  const { rows } = await db.query<WalkedRow & { readCount: number; isMatch: boolean }>({
    text: WALK,
    values: [
      ...filterParameters(others, now),
      isAhead ? time : now,
      isAhead ? (after.isDispatched ? after.id : Number.MAX_SAFE_INTEGER) : 0,
      time,
      after === undefined || after.isDispatched ? 0 : after.id,
      count,
      nextBefore ?? null,
      startOfDay(now),
      most,
    ],
  });
  const last = rows.at(-1);
  return {
    items: rows.filter(({ isMatch }) => isMatch).map(({ id, ...row }) => ({ id, place: placeOf(row) })),
    last: last === undefined || last.readCount < count ? null : placeOf(last),
  };
}

const placeOf = ({ atUs, isDispatched, placeId }: Omit<WalkedRow, 'id'>): UpcomingPlace => ({
  atUs,
  isDispatched,
  id: placeId,
});

// The order is that of `WALK`, so that a list may continue with either. The first occurrence of a job that was dispatched ahead is
// looked for once, for its time and its id.
const SORT = /* sql */ `
  select id, ${PLACE}
    from (
           select w.id, least(e.execution_time, s.next_execution_time) as at,
                  case when e.execution_time <= coalesce(s.next_execution_time, 'infinity') then 0 else 1 end as source,
                  case when e.execution_time <= coalesce(s.next_execution_time, 'infinity') then e.id else w.id end
                    as place_id
             from (select distinct id from unnest($13::bigint[]) given (id)) w
             left join lateral (
                    select next_execution_time from job_schedules where job_id = w.id limit 1
                  ) s on true
             left join lateral (
                    select id, execution_time
                      from job_executions
                     where job_id = w.id
                       and execution_time >= $1
                       and trigger = 'SCHEDULE'
                       and status not in ('RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED')
                     order by execution_time
                     limit 1
                  ) e on true
            where $19::boolean
               or (${MAY_MATCH} and (select true from jobs j where j.id = w.id and ${MATCHES} limit 1))
           offset 0
         ) n
   where at is not null
     and ($18::timestamptz is null or at < $18)
     and (at, source, place_id) > ($14::timestamptz, $15::integer, $16::bigint)
   order by at, source, place_id
   limit $17`;

/** Few jobs, and whether they match the filter. Otherwise they are compared with it. */
type Few = { ids: readonly number[]; match: boolean };

/** Sorts few jobs, which another index has found. */
async function sortFew(
  db: Queryable,
  filter: JobFilter,
  { ids, match }: Few,
  { after, limit }: { after: Place; limit: number },
  now: Date,
): Promise<JobsByNextTime> {
  const { nextBefore, ...others } = filter;
  const { rows } = await db.query<WalkedRow>({
    text: SORT,
    values: [
      ...filterParameters(others, now),
      ids,
      after === undefined ? '-infinity' : toTimestamp(after.atUs),
      after?.isDispatched === true ? 0 : 1,
      after?.id ?? 0,
      limit + 1,
      nextBefore ?? null,
      match,
    ],
  });
  const items = rows.map(({ id, ...row }) => ({ id, place: placeOf(row) }));
  return pageOf(items, limit, null);
}

/** Finds the jobs of a filter if another index has few of them. */
async function findFew(db: Queryable, filter: JobFilter, now: Date): Promise<Few | undefined> {
  const few = await gather(db, filter, now, MAX_SORTED);
  if (few !== undefined) return { ids: few, match: false };
  const source = await findSmallSource(db, filter, MAX_SORTED, now);
  if (source === undefined) return undefined;
  const range = { ...WHOLE, count: MAX_SORTED + 1, isExact: source === exactSource(filter) };
  return { ids: (await walkJobs(db, source, filter, range, now)).ids, match: true };
}

/**
 * Lists jobs that match a filter and have a next time, in the order of their next times. The work of a call is bounded, as that
 * of `listMatchingJobIds`.
 */
export async function listJobsByNextTime(
  db: Queryable,
  filter: JobFilter,
  { after, limit }: { after: Place; limit: number },
  now: Date,
): Promise<JobsByNextTime> {
  if (filter.state?.includes('ACTIVE') === false) return { items: [], last: null };
  const few = await findFew(db, filter, now);
  if (few !== undefined) return sortFew(db, filter, few, { after, limit }, now);

  const walks = walksOf(filter, { looksForNextTimes: true });
  const count = Math.max(walks.first, limit + 1);
  const first = await walk(db, filter, { after, count, most: limit + 1 }, now);
  if (first.last === null || first.items.length > limit) return pageOf(first.items, limit, first.last);

  const rest = { after: first.last, most: limit + 1 - first.items.length };
  const containing = await gatherText(db, filter, WHOLE, MAX_SORTED);
  if (containing === undefined && count >= walks.page) return pageOf(first.items, limit, first.last);
  const { items, last } =
    containing === undefined
      ? await walk(db, filter, { ...rest, count: walks.page - count }, now)
      : await sortFew(
          db,
          filter,
          { ids: containing, match: false },
          { after: rest.after, limit: rest.most },
          now,
        );
  return pageOf([...first.items, ...items], limit, last);
}

/** Makes a page of the jobs that were found up to `last`. */
function pageOf(found: readonly PlacedId[], limit: number, last: UpcomingPlace | null): JobsByNextTime {
  const items = found.slice(0, limit);
  return { items, last: found.length > limit ? (items.at(-1)?.place ?? last) : last };
}
