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
  select ${COLUMNS_BUT_BODY}, case when $6 then j.body::text end as body, ${NEXT_EXECUTION_TIME},
         (select count(*) from page) as read
    from page p
    cross join lateral (select * from jobs where id = p.id limit 1) j
   where p.place <= $2
     and (p.place = 1 or p.bytes <= $5)
   order by p.place`;

const COUNT_JOBS = /* sql */ `select count(*) as total from jobs where deleted_at is null`;

/** A page of the jobs, oldest first. */
export async function listJobs(
  db: Queryable,
  { limit, afterId = 0, offset, withBodies = false, maxBytes }: JobPage,
  now: Date,
): Promise<Listed<ListedJob>> {
  const [{ rows }, count] = await Promise.all([
    db.query<ListedJob & { read: number }>({
      name: 'list_jobs',
      text: LIST_JOBS,
      values: [now, limit, afterId, offset, maxBytes, withBodies],
    }),
    db.query<{ total: number }>({ name: 'count_jobs', text: COUNT_JOBS }),
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
