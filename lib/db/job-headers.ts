import type { StoredHeaders } from '../domain/secret-headers.ts';
import type { Queryable } from './pool.ts';

// Reads the primary key, and skips jobs without headers, because most jobs have none.
const LIST_JOB_HEADERS = /* sql */ `
  select id, api, headers::text as text
    from jobs
   where id > $1
     and headers::text <> '{}'
   order by id
   limit $2`;

/** The stored headers of a job as JSON, and the URL that they are sent to. */
export type JobHeaders = { id: number; api: string; text: string };

/** Lists the headers of jobs after an id, including deleted jobs, in the order of their ids. */
export async function listJobHeaders(db: Queryable, afterId: number, limit: number): Promise<JobHeaders[]> {
  const { rows } = await db.query<JobHeaders>(LIST_JOB_HEADERS, [afterId, limit]);
  return rows;
}

// Compares the text, because the type json has no equality. The revision stays, because the request is the same:
// executions that were dispatched ahead need no change.
const REPLACE_JOB_HEADERS = /* sql */ `
  update jobs j
     set headers = d.after::json
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) d (id, api, before, after)
   where j.id = d.id
     and j.api = d.api
     and j.headers::text = d.before`;

/**
 * Replaces the headers of jobs whose headers and URL have not changed since they were read. Returns the number of jobs.
 */
export async function replaceJobHeaders(
  db: Queryable,
  jobs: readonly { id: number; api: string; before: string; after: StoredHeaders }[],
): Promise<number> {
  if (jobs.length === 0) return 0;
  const { rowCount } = await db.query(REPLACE_JOB_HEADERS, [
    jobs.map(({ id }) => id),
    jobs.map(({ api }) => api),
    jobs.map(({ before }) => before),
    jobs.map(({ after }) => JSON.stringify(after)),
  ]);
  return rowCount ?? 0;
}
