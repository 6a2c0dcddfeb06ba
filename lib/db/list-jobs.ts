import type { ListedJob } from '../domain/job.ts';
import { MAX_TOTAL, toTotal, type Total } from '../domain/total.ts';
import { COLUMNS_BUT_BODY, TEXT_BYTES } from './job-columns.ts';
import { OUTCOME_OF_JOB } from './job-outcomes.ts';
import { COMPUTED_COLUMNS } from './jobs.ts';
import type { Queryable } from './pool.ts';

export type JobPage = {
  limit: number;
  /** The page begins after this job. The default is 0. */
  afterId?: number;
  /** The number of jobs after `afterId` to skip. */
  offset: number;
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

// The recursive part reads one job per step, because the size of a body is known only after decompression. So it reads only the jobs
// of the page and one more job, which shows that there is a next page. The lateral subquery finds each job by its primary key. A join
// could read the whole table.
const LIST_JOBS_BY_ID = /* sql */ `
  with recursive page as (
    (select id, ${LISTED_BYTES} as bytes, 1 as place
       from jobs
      where id = ($3::bigint[])[1 + $4::integer])
    union all
    select n.id, p.bytes + n.bytes, p.place + 1
      from page p
      cross join lateral (
             select id, ${LISTED_BYTES} as bytes
               from jobs
              where id = ($3::bigint[])[1 + $4::integer + p.place]
              limit 1
           ) n
     where p.place <= $2
       and (p.place = 1 or p.bytes <= $5)
  )
  select ${COLUMNS_BUT_BODY}, case when $6 then j.body::text end as body, ${COMPUTED_COLUMNS},
         (select count(*) from page) as read
    from page p
    cross join lateral (select * from jobs where id = p.id limit 1) j
    cross join ${OUTCOME_OF_JOB}
   where p.place <= $2
     and (p.place = 1 or p.bytes <= $5)
   order by p.place`;

const LIST_IDS = /* sql */ `
  select id from jobs where deleted_at is null and id > $1 order by id limit $2 offset $3`;

/**
 * Lists a page of all jobs, the oldest first. The plan of one statement for both would be made again for each page, because that of the
 * jobs costs less for the days that are known to matter: 7 instead of 3 ms.
 */
export async function listJobs(
  db: Queryable,
  { afterId = 0, offset, ...page }: JobPage,
  now: Date,
): Promise<Listed<ListedJob>> {
  const { rows } = await db.query<{ id: number }>({
    name: 'list_job_ids',
    text: LIST_IDS,
    values: [afterId, page.limit + 1, offset],
  });
  return listJobsById(
    db,
    rows.map(({ id }) => id),
    { ...page, offset: 0 },
    now,
  );
}

/** Lists a page of the given jobs, in their order. */
export async function listJobsById(
  db: Queryable,
  ids: readonly number[],
  { limit, offset, withBodies = false, maxBytes }: Omit<JobPage, 'afterId'>,
  now: Date,
): Promise<Listed<ListedJob>> {
  const values = [now, limit, ids, offset, maxBytes, withBodies];
  const { rows } = await db.query<ReadJob>({ name: 'list_jobs_by_id', text: LIST_JOBS_BY_ID, values });
  return toListed(rows);
}

type ReadJob = ListedJob & { read: number };

function toListed(rows: readonly ReadJob[]): Listed<ListedJob> {
  const items = rows.map((row): ListedJob => {
    const { read: _, ...job } = row;
    return job;
  });
  return { items, hasMore: (rows[0]?.read ?? 0) > rows.length };
}

const COUNT_JOBS = /* sql */ `
  select count(*) as count from (select from jobs where deleted_at is null limit $1) j`;

/** Counts all jobs, up to the maximum of a total. */
export async function countJobs(db: Queryable): Promise<Total> {
  const { rows } = await db.query<{ count: number }>({
    name: 'count_jobs',
    text: COUNT_JOBS,
    values: [MAX_TOTAL + 1],
  });
  return toTotal(rows[0]?.count ?? 0);
}
