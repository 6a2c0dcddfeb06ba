import { expect } from 'vitest';
import { type JobsByNextTime, listJobsByNextTime } from '../../../lib/db/jobs-by-next-time.ts';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import { NOON, pool } from './fixture.ts';

/** Reads the ids of all jobs that match, page by page, the oldest first. */
export async function readAll(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let afterId: number | null = 0; afterId !== null;) {
    const page = await listMatchingJobIds(pool, filter, { afterId, limit }, NOON);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    ids.push(...page.ids);
    afterId = page.lastId;
  }
  return ids;
}

/** The same, the newest first. */
export async function readNewest(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let afterId: number | null = Number.MAX_SAFE_INTEGER; afterId !== null;) {
    const page = await listMatchingJobIds(pool, filter, { afterId, limit, isNewestFirst: true }, NOON);
    expect(page.ids.length).toBeLessThanOrEqual(limit);
    ids.push(...page.ids);
    afterId = page.lastId;
  }
  return ids;
}

/** The same, by their next times. */
export async function readByNextTime(filter: JobFilter, limit: number): Promise<number[]> {
  const ids: number[] = [];
  for (let after: JobsByNextTime['last'] | undefined; after !== null;) {
    const page: JobsByNextTime = await listJobsByNextTime(pool, filter, { after, limit }, NOON);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ id }) => id));
    after = page.last;
  }
  return ids;
}
