import { countJobs, type JobPage, listJobs, listJobsById } from '../db/list-jobs.ts';
import { countMatchingJobs, listMatchingJobIds } from '../db/match-jobs.ts';
import type { Pool } from '../db/pool.ts';
import type { ListedJob } from '../domain/job.ts';
import { isEmpty, type JobFilter } from '../domain/job-filter.ts';
import type { Total } from '../domain/total.ts';

export type JobsPage = {
  items: ListedJob[];
  /** The job after which the next page begins. Undefined at the end of the list. */
  nextId: number | undefined;
  /** Present if it was asked for. */
  total: Total | undefined;
};

/**
 * Lists the jobs that match a filter, the oldest first. A page may have fewer jobs than its limit, or none, and yet a next
 * page: its work is bounded.
 */
export async function getJobs(
  pool: Pool,
  filter: JobFilter,
  { withTotal, ...page }: JobPage & { withTotal: boolean },
  now: Date,
): Promise<JobsPage> {
  const [listed, total] = await Promise.all([
    isEmpty(filter) ? listAll(pool, page, now) : listMatching(pool, filter, page, now),
    withTotal ? count(pool, filter, now) : undefined,
  ]);
  return { ...listed, total };
}

const count = (pool: Pool, filter: JobFilter, now: Date): Promise<Total> =>
  isEmpty(filter) ? countJobs(pool) : countMatchingJobs(pool, filter, now);

async function listAll(pool: Pool, page: JobPage, now: Date): Promise<Omit<JobsPage, 'total'>> {
  const { items, hasMore } = await listJobs(pool, page, now);
  return { items, nextId: hasMore ? items.at(-1)?.id : undefined };
}

async function listMatching(
  pool: Pool,
  filter: JobFilter,
  page: JobPage,
  now: Date,
): Promise<Omit<JobsPage, 'total'>> {
  const { afterId = 0, offset, limit } = page;
  const { ids, lastId } = await listMatchingJobIds(pool, filter, { afterId, limit: offset + limit }, now);
  if (ids.length <= offset) return { items: [], nextId: lastId ?? undefined };
  const { items } = await listJobsById(pool, ids, page, now);
  const last = items.at(-1);
  const isCut = last !== undefined && last.id !== ids.at(-1);
  return { items, nextId: isCut ? last.id : (lastId ?? undefined) };
}
