import type { JobFilter } from '../domain/job-filter.ts';
import { filterParameters, MATCHES, MAY_MATCH } from './job-conditions.ts';
import type { Queryable } from './pool.ts';

/**
 * A part of a list of jobs, in the order of their ids: after `afterId`, up to `maxId`, at most `count` jobs. From the newest
 * job on, it goes back from `afterId`, and has no `maxId`. `waiting` are the jobs of the source `unfinished` that wait.
 */
export type Range = {
  afterId: number;
  maxId: number;
  count: number;
  /** No more jobs are compared when this number matches. The default is to compare all. */
  most?: number;
  /** Whether every job of the source matches, so that none has to be compared. */
  isExact?: boolean;
  isNewestFirst?: boolean;
  waiting?: readonly number[] | undefined;
};

/** The jobs that match, and the last job up to which all were found: null at the end of the list. */
export type WalkedJobs = { ids: number[]; lastId: number | null };

/** The lists of jobs that an index has in the order of their ids. */
export type Source =
  | 'group'
  | 'owner'
  | 'tag'
  | 'host'
  | 'schedule'
  | 'paused'
  | 'pausedByFailures'
  | 'unfinished'
  | 'failing'
  | 'all';

type Direction = { beyond: '>' | '<'; order: 'asc' | 'desc' };

// Each source reads one index from a place on. The place is found by a comparison of rows, and the value is compared
// afterwards: with an equality in the same step, a plan without fresh statistics expects few jobs, and sorts all of them
// (1,280,000 rows for a page of 50). Ordered by both again, the planner sees that the jobs are in the order of their ids, and reads no more
// than are compared. It does not see this by the ids alone.
const ofAll = ({ beyond, order }: Direction) => /* sql */ `
  select id from jobs where deleted_at is null and id ${beyond} $13 and id <= $14 order by id ${order} limit $15`;

const paused = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from jobs
   where deleted_at is null
     and not is_active
     and id ${beyond} $13
     and id <= $14
   order by id ${order}
   limit $15`;

const pausedByFailures = ({ beyond, order }: Direction) => /* sql */ `
  select job_id as id
    from paused_by_failures
   where job_id ${beyond} $13
     and job_id <= $14
   order by job_id ${order}
   limit $15`;

// Jobs that can still run by themselves, or are paused. A job whose last occurrence is dispatched no longer has a schedule: the
// caller finds such jobs among the waiting executions ($19), if there are few. For PAUSED_BY_FAILURES, all paused jobs are read.
const unfinished = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from (
           (select job_id as id from job_schedules where job_id ${beyond} $13 order by job_id ${order} limit $15)
           union
           (select id
              from jobs
             where deleted_at is null
               and not is_active
               and id ${beyond} $13
               and strpos($8, 'PAUSED') > 0
             order by id ${order}
             limit $15)
           union
           select id from unnest($19::bigint[]) waiting (id) where id ${beyond} $13
         ) u
   where id <= $14
   order by id ${order}
   limit $15`;

const failing = ({ beyond, order }: Direction) => /* sql */ `
  select job_id as id from failing_jobs where job_id ${beyond} $13 and job_id <= $14 order by job_id ${order} limit $15`;

const withTag = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from (
           select tag, job_id as id
             from job_tags
            where (tag, job_id) ${beyond} ($2, $13)
            order by tag ${order}, job_id ${order}
            limit $15
         ) s
   where tag = $2
     and id <= $14
   order by tag ${order}, id ${order}`;

const ofGroup = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from (
           select job_group, id
             from jobs
            where deleted_at is null
              and job_group is not null
              and (job_group, id) ${beyond} ($3, $13)
            order by job_group ${order}, id ${order}
            limit $15
         ) s
   where job_group = $3
     and id <= $14
   order by job_group ${order}, id ${order}`;

const ofOwner = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from (
           select owner, id
             from jobs
            where deleted_at is null
              and owner is not null
              and (owner, id) ${beyond} ($4, $13)
            order by owner ${order}, id ${order}
            limit $15
         ) s
   where owner = $4
     and id <= $14
   order by owner ${order}, id ${order}`;

// An order by the host would compute the host of each row (2,000 rows: 7.6 instead of 2.3 ms). The planner must not know the limit:
// where it expects few jobs, it could sort all of them.
const atHost = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from jobs
   where deleted_at is null
     and job_host(api) = $5
     and id ${beyond} $13
     and id <= $14
   order by id ${order}
   limit (select $15::bigint)`;

const ofSchedule = ({ beyond, order }: Direction) => /* sql */ `
  select id
    from (
           select schedule collate "C" as schedule, id
             from jobs
            where deleted_at is null
              and (schedule collate "C", id) ${beyond} ($11, $13)
            order by schedule collate "C" ${order}, id ${order}
            limit $15
         ) s
   where schedule = $11
     and id <= $14
   order by schedule ${order}, id ${order}`;

// The driver parses JSON faster than arrays: 1,000 ids took 2 ms.
//
// The jobs that are read are bounded before they are compared with the filter, regardless of the number of matches that
// the planner expects. They are compared in the order of the list, so that the limit ends it, and the rest is not read. The subquery
// finds each job by its primary key; a join could read the whole table.
const matching = ({ order }: Direction) => /* sql */ `
  matching as materialized (
    select w.id
      from (select id from walked order by id ${order} offset 0) w
     where $16::boolean
       and ($18::boolean
            or (${MAY_MATCH} and (select true from jobs j where j.id = w.id and ${MATCHES} limit 1)))
     limit $17
  )
  select array_to_json(array(select id from matching)) as ids, r.*
    from (select count(*) < $17 as ended from matching) m
    left join lateral (
           select count(*) as "readCount", min(id) as "firstId", max(id) as "lastId"
             from walked
            where m.ended
           having m.ended
         ) r on true`;

const sources: Record<Source, (direction: Direction) => string> = {
  all: ofAll,
  paused,
  pausedByFailures,
  unfinished,
  failing,
  tag: withTag,
  group: ofGroup,
  owner: ofOwner,
  host: atHost,
  schedule: ofSchedule,
};

const walkAlong = (source: Source, direction: Direction): string =>
  /* sql */ `with walked as materialized (${sources[source](direction)}), ${matching(direction)}`;

const OLDEST_FIRST: Direction = { beyond: '>', order: 'asc' };
const NEWEST_FIRST: Direction = { beyond: '<', order: 'desc' };

/** Reads up to `count` jobs of a source, in the order of their ids, and returns the jobs that match the filter. */
export async function walkJobs(
  db: Queryable,
  source: Source,
  filter: JobFilter,
  range: Range,
  now: Date,
): Promise<WalkedJobs> {
  const { count, isNewestFirst = false } = range;
  const row = await walk(db, source, { filter, range, isCompared: true }, now);
  // A list with as many as were wanted may have more.
  if (row.readCount === null) return { ids: row.ids, lastId: row.ids.at(-1) ?? null };
  return {
    ids: row.ids,
    lastId: row.readCount < count ? null : isNewestFirst ? row.firstId : row.lastId,
  };
}

/** Counts the jobs of a source up to `count`. */
export async function countSource(
  db: Queryable,
  source: Source,
  filter: JobFilter,
  range: Range,
  now: Date,
): Promise<number> {
  const { readCount } = await walk(db, source, { filter, range, isCompared: false }, now);
  return readCount ?? 0;
}

/** What was read is null if as many jobs matched as were wanted, so that the rest was not read. */
type Row =
  | { ids: number[]; readCount: number; firstId: number | null; lastId: number | null }
  | { ids: number[]; readCount: null };

const NO_JOBS: Row = { ids: [], readCount: 0, firstId: null, lastId: null };

async function walk(
  db: Queryable,
  source: Source,
  { filter, range, isCompared }: { filter: JobFilter; range: Range; isCompared: boolean },
  now: Date,
): Promise<Row> {
  const { afterId, maxId, count, most = count, isExact = false, isNewestFirst = false, waiting = [] } = range;
  const direction = isNewestFirst ? NEWEST_FIRST : OLDEST_FIRST;
  const values = [...filterParameters(filter, now), afterId, maxId, count, isCompared, most, isExact];
  // The statement is not prepared under a name, so that it is planned for this filter: without the conditions that it does not have,
  // in 0.2 to 2 ms. A plan for any filter takes 26 ms to make, and runs for 1 to 2 ms longer, because it has every partition of the
  // executions for each condition.
  const { rows } = await db.query<Row>({
    text: walkAlong(source, direction),
    values: source === 'unfinished' ? [...values, waiting] : values,
  });
  return rows[0] ?? NO_JOBS;
}

const checkAlong = (direction: Direction): string => /* sql */ `
  with walked as materialized (
    select id from unnest($13::bigint[]) given (id) where id > $14 and id <= $15
  ), ${matching(direction)}`;

/** Returns the jobs out of `ids` that match the filter, in the order of the range: `most` of them at most. */
export async function checkJobs(
  db: Queryable,
  ids: readonly number[],
  filter: JobFilter,
  { afterId, maxId, isNewestFirst = false, most = ids.length }: Omit<Range, 'count' | 'isExact'>,
  now: Date,
): Promise<number[]> {
  const direction = isNewestFirst ? NEWEST_FIRST : OLDEST_FIRST;
  const [from, to] = isNewestFirst ? [0, afterId - 1] : [afterId, maxId];
  // Not prepared, for the same reason.
  const { rows } = await db.query<Row>({
    text: checkAlong(direction),
    values: [...filterParameters(filter, now), ids, from, to, true, most, false],
  });
  return rows[0]?.ids ?? [];
}
