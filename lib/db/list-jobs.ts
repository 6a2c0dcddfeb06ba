import type { ListedJob } from '../domain/job.ts';
import { MAX_TOTAL, toTotal, type Total } from '../domain/total.ts';
import { COLUMNS_BUT_BODY, TEXT_BYTES } from './job-columns.ts';
import { NEXT_EXECUTION_TIME } from './jobs.ts';
import type { Queryable } from './pool.ts';

export type JobPage = {
  limit: number;
  /** The page begins after this job. The default is 0. */
  afterId?: number;
  /** The number of jobs after `afterId` to skip. */
  offset: number;
  /** Lists only jobs with this tag. */
  tag?: string | undefined;
  withBodies?: boolean;
  /** The approximate maximum size of the page. It contains at least one job. */
  maxBytes: number;
};

/** A page of a list. `hasMore` tells whether there are items after the page. */
export type Listed<T> = { items: T[]; hasMore: boolean };

/**
 * The approximate size of a job in a list: its text fields, and 500 bytes for numbers, times and the names of fields.
 */
const LISTED_BYTES = /* sql */ `
  ${TEXT_BYTES} + 500 + case when $6 then octet_length(body::text) else 0 end`;

// The recursive part reads one job per step from the index, because the size of a body is known only after
// decompression. So it reads only the jobs of the page and one more job, which shows that there is a next page. The
// lateral subquery finds each job by its primary key. A join could read the whole table.
const PAGE = /* sql */ `
  select ${COLUMNS_BUT_BODY}, case when $6 then j.body::text end as body, ${NEXT_EXECUTION_TIME},
         (select count(*) from page) as read
    from page p
    cross join lateral (select * from jobs where id = p.id limit 1) j
   where p.place <= $2
     and (p.place = 1 or p.bytes <= $5)
   order by p.place`;

const LIST_JOBS = /* sql */ `
  with recursive page as (
    (select id, ${LISTED_BYTES} as bytes, 1 as place
       from jobs
      where deleted_at is null
        and id > $3
      order by id
      limit 1
     offset $4)
    union all
    select n.id, p.bytes + n.bytes, p.place + 1
      from page p
      cross join lateral (
             select id, ${LISTED_BYTES} as bytes
               from jobs
              where deleted_at is null
                and id > p.id
              order by id
              limit 1
           ) n
     where p.place <= $2
       and (p.place = 1 or p.bytes <= $5)
  )
  ${PAGE}`;

// `job_tags` has only live jobs. The next place in its primary key is found by a comparison of rows, and its tag is compared
// afterwards: with an equality in the same step, a plan without fresh statistics expects few jobs of a tag, and sorts all of
// them at each step (1,280,000 rows for a page of 50).
const LIST_TAGGED_JOBS = /* sql */ `
  with recursive page as (
    (select n.id, b.bytes, 1 as place
       from (
              select tag, job_id as id
                from job_tags
               where (tag, job_id) > ($7, $3)
               order by tag, job_id
               limit 1
              offset $4
            ) n
       cross join lateral (select ${LISTED_BYTES} as bytes from jobs where id = n.id) b
      where n.tag = $7)
    union all
    select n.id, p.bytes + b.bytes, p.place + 1
      from page p
      cross join lateral (
             select tag, job_id as id
               from job_tags
              where (tag, job_id) > ($7, p.id)
              order by tag, job_id
              limit 1
           ) n
      cross join lateral (select ${LISTED_BYTES} as bytes from jobs where id = n.id) b
     where n.tag = $7
       and p.place <= $2
       and (p.place = 1 or p.bytes <= $5)
  )
  ${PAGE}`;

const COUNT_JOBS = /* sql */ `
  select count(*) as count from (select from jobs where deleted_at is null limit $1) j`;
const COUNT_TAGGED_JOBS = /* sql */ `
  select count(*) as count from (select from job_tags where tag = $2 limit $1) t`;

/** Lists a page of all jobs, or of the jobs with a tag, the oldest first. */
export async function listJobs(
  db: Queryable,
  { limit, afterId = 0, offset, withBodies = false, maxBytes, tag }: JobPage,
  now: Date,
): Promise<Listed<ListedJob>> {
  const values = [now, limit, afterId, offset, maxBytes, withBodies];
  const { rows } = await db.query<ListedJob & { read: number }>(
    tag === undefined
      ? { name: 'list_jobs', text: LIST_JOBS, values }
      : { name: 'list_tagged_jobs', text: LIST_TAGGED_JOBS, values: [...values, tag] },
  );
  return {
    items: rows.map((row) => {
      const { read: _, ...job } = row;
      return job;
    }),
    hasMore: (rows[0]?.read ?? 0) > rows.length,
  };
}

/** Counts all jobs, or the jobs with a tag, up to the maximum of a total. */
export async function countJobs(db: Queryable, { tag }: Pick<JobPage, 'tag'>): Promise<Total> {
  const { rows } = await db.query<{ count: number }>(
    tag === undefined
      ? { name: 'count_jobs', text: COUNT_JOBS, values: [MAX_TOTAL + 1] }
      : { name: 'count_tagged_jobs', text: COUNT_TAGGED_JOBS, values: [MAX_TOTAL + 1, tag] },
  );
  return toTotal(rows[0]?.count ?? 0);
}
