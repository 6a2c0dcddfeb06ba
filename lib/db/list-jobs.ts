import type { ListedJob } from '../domain/job.ts';
import { COLUMNS_BUT_BODY, TEXT_BYTES } from './job-columns.ts';
import { NEXT_EXECUTION_TIME } from './jobs.ts';
import type { Queryable } from './pool.ts';

export type JobPage = {
  limit: number;
  /** The page begins behind this job; 0 if left out. */
  afterId?: number;
  /** How many jobs behind `afterId` are passed over. */
  offset: number;
  /** Only jobs that have this tag. */
  tag?: string | undefined;
  withBodies?: boolean;
  /** Bytes that the page may have, about; it has one job in any case. */
  maxBytes: number;
};

/** `total` counts all there are; `hasMore` says that some come behind the page. */
export type Listed<T> = { items: T[]; total: number; hasMore: boolean };

/** About how many bytes a job takes in a list: its texts, and 500 bytes for numbers, instants and the names of fields. */
const LISTED_BYTES = /* sql */ `
  ${TEXT_BYTES} + 500 + case when $6 then octet_length(body::text) else 0 end`;

// One job a step, by the index, so that no more is read than the page may have and one job beyond, which shows that there
// is more: the size of a body is known once it is unpacked. The jobs come by their primary key; a join could read the
// whole table.
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

// `job_tags` has live jobs only.
const LIST_TAGGED_JOBS = /* sql */ `
  with recursive page as (
    (select t.job_id as id, n.bytes, 1 as place
       from job_tags t
       cross join lateral (select ${LISTED_BYTES} as bytes from jobs where id = t.job_id) n
      where t.tag = $7
        and t.job_id > $3
      order by t.job_id
      limit 1
     offset $4)
    union all
    select n.id, p.bytes + n.bytes, p.place + 1
      from page p
      cross join lateral (
             select t.job_id as id, b.bytes
               from job_tags t
               cross join lateral (select ${LISTED_BYTES} as bytes from jobs where id = t.job_id) b
              where t.tag = $7
                and t.job_id > p.id
              order by t.job_id
              limit 1
           ) n
     where p.place <= $2
       and (p.place = 1 or p.bytes <= $5)
  )
  ${PAGE}`;

const COUNT_JOBS = /* sql */ `select count(*) as total from jobs where deleted_at is null`;
const COUNT_TAGGED_JOBS = /* sql */ `select count(*) as total from job_tags where tag = $1`;

/** Lists a page of the jobs, or of the jobs that have a tag, oldest first. */
export async function listJobs(
  db: Queryable,
  { limit, afterId = 0, offset, withBodies = false, maxBytes, tag }: JobPage,
  now: Date,
): Promise<Listed<ListedJob>> {
  const values = [now, limit, afterId, offset, maxBytes, withBodies];
  const [{ rows }, count] = await Promise.all([
    db.query<ListedJob & { read: number }>(
      tag === undefined
        ? { name: 'list_jobs', text: LIST_JOBS, values }
        : { name: 'list_tagged_jobs', text: LIST_TAGGED_JOBS, values: [...values, tag] },
    ),
    db.query<{ total: number }>(
      tag === undefined
        ? { name: 'count_jobs', text: COUNT_JOBS }
        : { name: 'count_tagged_jobs', text: COUNT_TAGGED_JOBS, values: [tag] },
    ),
  ]);
  return {
    items: rows.map((row) => {
      const { read: _, ...job } = row;
      return job;
    }),
    total: count.rows[0]?.total ?? 0,
    hasMore: (rows[0]?.read ?? 0) > rows.length,
  };
}
