import { listJobsByNextTime } from '../db/jobs-by-next-time.ts';
import { countJobs, type JobPage, listJobs, listJobsById } from '../db/list-jobs.ts';
import { countMatchingJobs, listMatchingJobIds } from '../db/match-jobs.ts';
import type { Pool } from '../db/pool.ts';
import type { ListedJob } from '../domain/job.ts';
import { isEmpty, type JobFilter } from '../domain/job-filter.ts';
import type { JobOrder, JobPlace } from '../domain/job-order.ts';
import type { Total } from '../domain/total.ts';

export type JobsPage = {
  items: ListedJob[];
  /** Where the next page begins. Undefined at the end of the list. */
  next: JobPlace | undefined;
  /** Where the list continues after an item of the page. */
  placeOf: (job: ListedJob) => JobPlace;
  /** Present if it was asked for. */
  total: Total | undefined;
};

type Listed = Omit<JobsPage, 'total'>;
type Page = Omit<JobPage, 'afterId'>;

/**
 * Lists the jobs that match a filter. A page may have fewer jobs than its limit, or none, and yet a next page: its work is
 * bounded.
 */
export async function getJobs(
  pool: Pool,
  filter: JobFilter,
  { withTotal, ...page }: Page & JobOrder & { withTotal: boolean },
  now: Date,
): Promise<JobsPage> {
  const [listed, total] = await Promise.all([
    list(pool, filter, page, now),
    withTotal ? count(pool, filter, now) : undefined,
  ]);
  return { ...listed, total };
}

const count = (pool: Pool, filter: JobFilter, now: Date): Promise<Total> =>
  isEmpty(filter) ? countJobs(pool) : countMatchingJobs(pool, filter, now);

async function list(pool: Pool, filter: JobFilter, page: Page & JobOrder, now: Date): Promise<Listed> {
  if (page.sort === 'nextExecutionTime') return listByNextTime(pool, filter, page, now);
  if (page.sort === 'createdAt' && isEmpty(filter)) return listAll(pool, page, now);
  return listMatching(pool, filter, page, now);
}

const byId = ({ id }: ListedJob): number => id;

async function listAll(pool: Pool, page: Page & { after: number | undefined }, now: Date): Promise<Listed> {
  const { items, hasMore } = await listJobs(pool, { ...page, afterId: page.after ?? 0 }, now);
  return { items, next: hasMore ? items.at(-1)?.id : undefined, placeOf: byId };
}

async function listMatching(
  pool: Pool,
  filter: JobFilter,
  { sort, after, ...page }: Page & { sort: 'createdAt' | '-createdAt'; after: number | undefined },
  now: Date,
): Promise<Listed> {
  const { offset, limit } = page;
  const isNewestFirst = sort === '-createdAt';
  const afterId = after ?? (isNewestFirst ? Number.MAX_SAFE_INTEGER : 0);
  const asked = { afterId, limit: offset + limit, isNewestFirst };
  const { ids, lastId } = await listMatchingJobIds(pool, filter, asked, now);
  const places = new Map(ids.map((id): [number, number] => [id, id]));
  return readPage(pool, places, { page, last: lastId ?? undefined }, now);
}

async function listByNextTime(
  pool: Pool,
  filter: JobFilter,
  { after, ...page }: Page & Extract<JobOrder, { sort: 'nextExecutionTime' }>,
  now: Date,
): Promise<Listed> {
  const asked = { after, limit: page.offset + page.limit };
  const { items, last } = await listJobsByNextTime(pool, filter, asked, now);
  const places = new Map(items.map(({ id, place }): [number, JobPlace] => [id, place]));
  return readPage(pool, places, { page, last: last ?? undefined }, now);
}

/** Reads the jobs of a page by their ids. */
async function readPage(
  pool: Pool,
  places: ReadonlyMap<number, JobPlace>,
  { page, last }: { page: Page; last: JobPlace | undefined },
  now: Date,
): Promise<Listed> {
  const placeOf = ({ id }: ListedJob): JobPlace => places.get(id) ?? id;
  const ids = [...places.keys()];
  if (ids.length <= page.offset) return { items: [], next: last, placeOf };
  const { items } = await listJobsById(pool, ids, page, now);
  const end = items.at(-1);
  const isCut = end !== undefined && end.id !== ids.at(-1);
  return { items, next: isCut ? placeOf(end) : last, placeOf };
}
