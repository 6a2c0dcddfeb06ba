import { listJobsById } from '../db/list-jobs.ts';
import { WHOLE } from '../db/match-jobs.ts';
import type { Pool } from '../db/pool.ts';
import { checkJobs } from '../db/walk-jobs.ts';
import { findWorstFailing } from '../db/worst-failing-jobs.ts';
import { type FailingJobs, failingLimits } from '../domain/failing-jobs.ts';
import type { ListedJob } from '../domain/job.ts';

type Page = { limit: number; maxBytes: number };

/**
 * Lists the active jobs that fail most often in a row. There are fewer than `limit` if they take more than `maxBytes`,
 * and while many jobs have just recovered.
 *
 * Until the next tick, the index still has jobs that have succeeded. Usually none of the page has. Otherwise, more jobs are compared with
 * their executions.
 */
export async function listFailingJobs(pool: Pool, page: Page, now: Date): Promise<FailingJobs> {
  const { ids, failing, pausedByFailures } = await findWorstFailing(pool);
  const { items, recovered } = await read(pool, ids.slice(0, page.limit), page, now);
  const answer = (last: readonly ListedJob[], others: number): FailingJobs => ({
    items: last.toSorted((one, other) => other.failuresInARow - one.failuresInARow || one.id - other.id),
    total: { ...failing, count: failing.count - others },
    pausedByFailures,
  });
  if (recovered === 0 || ids.length <= page.limit) return answer(items, recovered);

  const compared = ids.slice(0, failingLimits.compared);
  const failed = new Set(await checkJobs(pool, compared, { lastOutcome: 'FAILED' }, WHOLE, now));
  const worst = compared.filter((id) => failed.has(id));
  const again = await read(pool, worst.slice(0, page.limit), page, now);
  return answer(again.items, compared.length - worst.length + again.recovered);
}

/** Reads jobs, and leaves out jobs that no longer fail. */
async function read(
  pool: Pool,
  ids: readonly number[],
  page: Page,
  now: Date,
): Promise<{ items: readonly ListedJob[]; recovered: number }> {
  if (ids.length === 0) return { items: [], recovered: 0 };
  const jobs = await listJobsById(pool, ids, { ...page, offset: 0 }, now);
  const items = jobs.items.filter(({ isActive, failuresInARow }) => isActive && failuresInARow > 0);
  return { items, recovered: jobs.items.length - items.length };
}
