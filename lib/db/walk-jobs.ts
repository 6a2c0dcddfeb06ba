import type { JobFilter } from '../domain/job-filter.ts';
import { filterParameters, MATCHES } from './job-conditions.ts';
import type { Queryable } from './pool.ts';

/** A part of a list of jobs, in the order of their ids: after `afterId`, up to `maxId`, at most `count` jobs. */
export type Range = { afterId: number; maxId: number; count: number };

/** The jobs that match, out of a bounded number of jobs that were read. */
export type WalkedJobs = {
  ids: number[];
  /** Less than was asked for at the end of the list. */
  readCount: number;
  /** The last job that was read. Null if none was read. */
  lastId: number | null;
};

/** The lists of jobs that an index has in the order of their ids. */
export type Source = 'group' | 'owner' | 'tag' | 'host' | 'paused' | 'failing' | 'all';

// Each source reads one index from a place on. The place is found by a comparison of rows, and the value is compared
// afterwards: with an equality in the same step, a plan without fresh statistics expects few jobs, and sorts all of them
// (1,280,000 rows for a page of 50).
const OF_ALL = /* sql */ `
  select id from jobs where deleted_at is null and id > $11 and id <= $12 order by id limit $13`;

const PAUSED = /* sql */ `
  select id
    from jobs
   where deleted_at is null
     and not is_active
     and id > $11
     and id <= $12
   order by id
   limit $13`;

const FAILING = /* sql */ `
  select job_id as id from failing_jobs where job_id > $11 and job_id <= $12 order by job_id limit $13`;

const WITH_TAG = /* sql */ `
  select id
    from (
           select tag, job_id as id
             from job_tags
            where (tag, job_id) > ($2, $11)
            order by tag, job_id
            limit $13
         ) s
   where tag = $2
     and id <= $12`;

const OF_GROUP = /* sql */ `
  select id
    from (
           select job_group, id
             from jobs
            where deleted_at is null
              and job_group is not null
              and (job_group, id) > ($3, $11)
            order by job_group, id
            limit $13
         ) s
   where job_group = $3
     and id <= $12`;

const OF_OWNER = /* sql */ `
  select id
    from (
           select owner, id
             from jobs
            where deleted_at is null
              and owner is not null
              and (owner, id) > ($4, $11)
            order by owner, id
            limit $13
         ) s
   where owner = $4
     and id <= $12`;

const AT_HOST = /* sql */ `
  select id
    from (
           select job_host(api) as host, id
             from jobs
            where deleted_at is null
              and (job_host(api), id) > ($5, $11)
            order by job_host(api), id
            limit $13
         ) s
   where host = $5
     and id <= $12`;

// The driver parses the elements of an array of bigint as strings, and of float8 as numbers.
//
// The jobs that are read are bounded before they are compared with the filter, whatever the planner expects to match. The
// lateral subquery finds each job by its primary key; a join could read the whole table.
const MATCHING = /* sql */ `
  select (select count(*) from walked) as "readCount",
         (select max(id) from walked) as "lastId",
         case when $14::boolean then array(
           select w.id
             from walked w
             cross join lateral (select from jobs j where j.id = w.id and ${MATCHES} limit 1) m
            order by w.id)
         else '{}' end::float8[] as ids`;

const WALK_ALL = /* sql */ `with walked as materialized (${OF_ALL}) ${MATCHING}`;
const WALK_PAUSED = /* sql */ `with walked as materialized (${PAUSED}) ${MATCHING}`;
const WALK_FAILING = /* sql */ `with walked as materialized (${FAILING}) ${MATCHING}`;
const WALK_TAG = /* sql */ `with walked as materialized (${WITH_TAG}) ${MATCHING}`;
const WALK_GROUP = /* sql */ `with walked as materialized (${OF_GROUP}) ${MATCHING}`;
const WALK_OWNER = /* sql */ `with walked as materialized (${OF_OWNER}) ${MATCHING}`;
const WALK_HOST = /* sql */ `with walked as materialized (${AT_HOST}) ${MATCHING}`;

/** Reads up to `count` jobs of a source, in the order of their ids, and returns the jobs that match the filter. */
export const walkJobs = (
  db: Queryable,
  source: Source,
  filter: JobFilter,
  range: Range,
  now: Date,
): Promise<WalkedJobs> => walk(db, source, { filter, range, isCompared: true }, now);

/** Counts the jobs of a source up to `count`. */
export async function countSource(
  db: Queryable,
  source: Source,
  filter: JobFilter,
  range: Range,
  now: Date,
): Promise<number> {
  const { readCount } = await walk(db, source, { filter, range, isCompared: false }, now);
  return readCount;
}

async function walk(
  db: Queryable,
  source: Source,
  { filter, range, isCompared }: { filter: JobFilter; range: Range; isCompared: boolean },
  now: Date,
): Promise<WalkedJobs> {
  const { afterId, maxId, count } = range;
  const values = [...filterParameters(filter, now), afterId, maxId, count, isCompared];
  const { rows } = await db.query<WalkedJobs>(
    source === 'all'
      ? { name: 'walk_jobs', text: WALK_ALL, values }
      : source === 'paused'
        ? { name: 'walk_paused_jobs', text: WALK_PAUSED, values }
        : source === 'failing'
          ? { name: 'walk_failing_jobs', text: WALK_FAILING, values }
          : source === 'tag'
            ? { name: 'walk_jobs_by_tag', text: WALK_TAG, values }
            : source === 'group'
              ? { name: 'walk_jobs_by_group', text: WALK_GROUP, values }
              : source === 'owner'
                ? { name: 'walk_jobs_by_owner', text: WALK_OWNER, values }
                : { name: 'walk_jobs_by_host', text: WALK_HOST, values },
  );
  return rows[0] ?? { ids: [], readCount: 0, lastId: null };
}

const CHECK = /* sql */ `
  with walked as materialized (
    select id from unnest($11::bigint[]) given (id) where id > $12 and id <= $13
  ) ${MATCHING}`;

/** Returns the jobs out of `ids` that match the filter, in the order of their ids. */
export async function checkJobs(
  db: Queryable,
  ids: readonly number[],
  filter: JobFilter,
  { afterId, maxId }: Omit<Range, 'count'>,
  now: Date,
): Promise<number[]> {
  const { rows } = await db.query<WalkedJobs>({
    name: 'check_jobs',
    text: CHECK,
    values: [...filterParameters(filter, now), ids, afterId, maxId, true],
  });
  return rows[0]?.ids ?? [];
}
