import type { JobFilter } from '../domain/job-filter.ts';
import type { UpcomingPlace } from '../domain/upcoming.ts';
import { filterParameters, MATCHES } from './job-conditions.ts';
import { NEXT_TIME } from './jobs.ts';
import { chooseSource, gather, gatherText, MAX_GATHERED, walksOf, WHOLE } from './match-jobs.ts';
import type { Queryable } from './pool.ts';
import { toTimestamp } from './timestamp.ts';
import { countSource, walkJobs } from './walk-jobs.ts';

/** A job with the place of its next time in the list. */
export type PlacedId = { id: number; place: UpcomingPlace };

/** Jobs in the order of their next times, and where the list goes on: null at its end. */
export type JobsByNextTime = { items: PlacedId[]; last: UpcomingPlace | null };

type Place = UpcomingPlace | undefined;

// The next time of a job is that of an execution that was dispatched ahead, or of its schedule. Both indexes are read from the
// place on, merged, and bounded before the jobs are compared with the filter. An occurrence that is not the next one of its job
// is passed over.
const WALK = /* sql */ `
  with walked as materialized (
    select *
      from (
             (select due_at as at, 0 as source, id as place_id, job_id, execution_time,
                     status = 'SCHEDULED' and trigger = 'SCHEDULE' as may_match
                from job_executions
               where status in ('SCHEDULED', 'RETRYING')
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
  ), last as (
    select place_id, source from walked order by at desc, source desc, place_id desc limit 1
  )
  select w.job_id as id, (extract(epoch from w.at) * 1000000)::bigint as "atUs", w.source = 0 as "isDispatched",
         w.place_id as "placeId", (select count(*) from walked) as "readCount", m.is_match as "isMatch"
    from walked w
    cross join lateral (
           select w.may_match and ($18::timestamptz is null or w.execution_time < $18) and coalesce((
                    select ${NEXT_TIME} = w.execution_time from jobs j where j.id = w.job_id and ${MATCHES} limit 1
                  ), false) as is_match
           -- Otherwise each use of the value would compare the job again.
           offset 0
         ) m
   where m.is_match or (w.place_id, w.source) = (select place_id, source from last)
   order by w.at, w.source, w.place_id`;

type WalkedRow = { id: number; atUs: number; isDispatched: boolean; placeId: number };

async function walk(
  db: Queryable,
  filter: JobFilter,
  { after, count }: { after: Place; count: number },
  now: Date,
): Promise<JobsByNextTime> {
  // The next time of a job is that of its place, so it is not looked for again.
  const { nextBefore, ...others } = filter;
  const time = after === undefined ? '-infinity' : toTimestamp(after.atUs);
  const isAhead = after !== undefined && after.atUs >= now.getTime() * 1_000;
  const { rows } = await db.query<WalkedRow & { readCount: number; isMatch: boolean }>({
    name: 'walk_jobs_by_next_time',
    text: WALK,
    values: [
      ...filterParameters(others, now),
      isAhead ? time : now,
      isAhead ? (after.isDispatched ? after.id : Number.MAX_SAFE_INTEGER) : 0,
      time,
      after === undefined || after.isDispatched ? 0 : after.id,
      count,
      nextBefore ?? null,
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

// The order is that of `WALK`, so that a list may go on with either.
const SORT = /* sql */ `
  select g.id, (extract(epoch from n.next) * 1000000)::bigint as "atUs", p.source = 0 as "isDispatched",
         p.place_id as "placeId"
    from (select distinct id from unnest($13::bigint[]) given (id)) g
    cross join lateral (select ${NEXT_TIME} as next from jobs j where j.id = g.id and ${MATCHES} limit 1) n
    cross join lateral (
           select case when e.id is null then 1 else 0 end as source, coalesce(e.id, g.id) as place_id
             from (values (1)) one
             left join lateral (
                    select id
                      from job_executions
                     where job_id = g.id
                       and execution_time = n.next
                       and trigger = 'SCHEDULE'
                       and status not in ('RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED')
                     limit 1
                  ) e on true
         ) p
   where n.next is not null
     and ($18::timestamptz is null or n.next < $18)
     and (n.next, p.source, p.place_id) > ($14::timestamptz, $15::integer, $16::bigint)
   order by n.next, p.source, p.place_id
   limit $17`;

/** Few jobs, and the filter that they are not compared with yet. */
type Few = { ids: readonly number[]; filter: JobFilter };

/** Sorts few jobs, which another index has found. */
async function sortFew(
  db: Queryable,
  { ids, filter }: Few,
  { after, limit }: { after: Place; limit: number },
  now: Date,
): Promise<JobsByNextTime> {
  const { nextBefore, ...others } = filter;
  const { rows } = await db.query<WalkedRow>({
    name: 'sort_jobs_by_next_time',
    text: SORT,
    values: [
      ...filterParameters(others, now),
      ids,
      after === undefined ? '-infinity' : toTimestamp(after.atUs),
      after?.isDispatched === true ? 0 : 1,
      after?.id ?? 0,
      limit + 1,
      nextBefore ?? null,
    ],
  });
  const items = rows.map(({ id, ...row }) => ({ id, place: placeOf(row) }));
  return pageOf(items, limit, null);
}

/** Finds the jobs of a filter if another index has few of them. */
async function findFew(db: Queryable, filter: JobFilter, now: Date): Promise<Few | undefined> {
  const few = await gather(db, filter, now);
  if (few !== undefined) return { ids: few, filter };
  const { source } = await chooseSource(db, filter, { ...WHOLE, limit: 1 }, now);
  if (source === 'all' || source === 'unfinished') return undefined;
  const range = { ...WHOLE, count: MAX_GATHERED + 1 };
  if ((await countSource(db, source, filter, range, now)) > MAX_GATHERED) return undefined;
  return { ids: (await walkJobs(db, source, filter, range, now)).ids, filter: {} };
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
  if (few !== undefined) return sortFew(db, few, { after, limit }, now);

  const walks = walksOf(filter, { looksForNextTimes: true });
  const found: PlacedId[] = [];
  let from = after;
  const walkOn = async (portion: number): Promise<UpcomingPlace | null> => {
    const count = Math.max(portion, limit + 1);
    const { items, last } = await walk(db, filter, { after: from, count }, now);
    found.push(...items);
    from = last ?? from;
    return last;
  };
  for (const portion of walks.first) {
    const last = await walkOn(portion);
    if (last === null || found.length > limit) return pageOf(found, limit, last);
  }
  const containing = await gatherText(db, filter, WHOLE);
  if (containing === undefined) return pageOf(found, limit, await walkOn(walks.last));
  const rest = { after: from, limit: Math.max(1, limit - found.length) };
  const { items, last } = await sortFew(db, { ids: containing, filter }, rest, now);
  return pageOf([...found, ...items], limit, last);
}

/** Makes a page of the jobs that were found up to `last`. */
function pageOf(found: readonly PlacedId[], limit: number, last: UpcomingPlace | null): JobsByNextTime {
  const items = found.slice(0, limit);
  return { items, last: found.length > limit ? (items.at(-1)?.place ?? last) : last };
}
