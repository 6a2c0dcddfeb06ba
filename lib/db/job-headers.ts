import type { StoredHeaders } from '../domain/secret-headers.ts';
import type { Queryable } from './pool.ts';

// By the primary key. Jobs without headers are passed over here: most have none, and they need not travel.
const LIST_JOB_HEADERS = /* sql */ `
  select id, api, headers::text as text
    from jobs
   where id > $1
     and headers::text <> '{}'
   order by id
   limit $2`;

/** Headers as they are stored, in JSON, and the URL that they are sent to. */
export type JobHeaders = { id: number; api: string; text: string };

/** Headers of jobs, deleted ones too, in the order of their ids, from behind an id on. */
export async function listJobHeaders(db: Queryable, afterId: number, limit: number): Promise<JobHeaders[]> {
  const { rows } = await db.query<JobHeaders>(LIST_JOB_HEADERS, [afterId, limit]);
  return rows;
}

// The text is compared, since json has no equality. The request stays the same, so the revision does: what was dispatched
// ahead need not be made anew.
const REPLACE_JOB_HEADERS = /* sql */ `
  update jobs j
     set headers = d.after::json
    from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) d (id, api, before, after)
   where j.id = d.id
     and j.api = d.api
     and j.headers::text = d.before`;

/** Replaces headers that still are as they were read, of jobs with the URL that they were read with; returns how many were. */
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
