import { apiLimits } from '../../../lib/api/limits.ts';
import { getJobs } from '../../../lib/app/list-jobs.ts';
import { listJobsByNextTime } from '../../../lib/db/jobs-by-next-time.ts';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { JobFilter } from '../../../lib/domain/job-filter.ts';
import type { UpcomingPlace } from '../../../lib/domain/upcoming.ts';
import type { List, ReadPage } from './list.ts';

const page = { offset: 0, withTotal: false, maxBytes: apiLimits.pageBytes };

/** The lists of jobs, with each filter in each order. */
export function jobLists(): List[] {
  const filters: JobFilter[] = [
    {},
    { text: 'order' },
    { text: 'quarterly' },
    { text: 'no such text' },
    { text: 'customer order' },
    { keyPrefix: 'shop-7/' },
    { keyPrefix: 'shop-7/order/1234' },
    { tag: 'even' },
    { tag: 'r77' },
    { group: 'group-7' },
    { owner: 'team-7' },
    { host: 'host-7.example.com' },
    { state: 'ACTIVE' },
    { state: 'PAUSED' },
    { state: 'PAUSED_BY_FAILURES' },
    { state: 'FINISHED' },
    { state: 'ACTIVE,PAUSED' },
    { lastOutcome: 'FAILED' },
    { lastOutcome: 'SUCCESS' },
    { lastOutcome: 'FAILED', tag: 'even' },
    { lastOutcome: 'FAILED', state: 'FINISHED' },
    { lastOutcome: 'FAILED', state: 'PAUSED' },
    { nextBefore: new Date(Date.now() + 12 * 3_600_000) },
    { nextBefore: new Date(Date.now() + 360_000) },
    { tag: 'even', state: 'PAUSED' },
    { tag: 'even', group: 'group-8' },
    { tag: 'even', group: 'group-7' },
    { owner: 'team-7', text: 'quarterly' },
    { group: 'group-7', state: 'FINISHED' },
    { keyPrefix: 'shop-7/', tag: 'r107' },
  ];
  return [
    ...(['createdAt', '-createdAt'] as const).flatMap((sort) => filters.map((filter) => byAge(filter, sort))),
    ...filters.map(byNextTime),
  ];
}

// Most of the time of a page of 999 jobs is for their outcomes, which a place does not depend on.
function byAge(filter: JobFilter, sort: 'createdAt' | '-createdAt'): List {
  const isNewestFirst = sort === '-createdAt';
  const placeOf = (from: unknown): number | undefined => (typeof from === 'number' ? from : undefined);
  return {
    name: `jobs ${JSON.stringify(filter)} ${sort}`,
    read: async (db, from, limit) => {
      const asked = { ...page, limit, sort, after: placeOf(from) };
      const { items, next } = await getJobs(db, filter, asked, new Date());
      return { count: items.length, next };
    },
    skip: async (db, from, limit) => {
      const afterId = placeOf(from) ?? (isNewestFirst ? Number.MAX_SAFE_INTEGER : 0);
      const asked = { afterId, limit, isNewestFirst };
      const { ids, lastId } = await listMatchingJobIds(db, filter, asked, new Date());
      return { count: ids.length, next: lastId ?? undefined };
    },
  };
}

function byNextTime(filter: JobFilter): List {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from the page before
  const placeOf = (from: unknown) => from as UpcomingPlace | undefined;
  const read: ReadPage = async (db, from, limit) => {
    const asked = { ...page, limit, sort: 'nextExecutionTime' as const, after: placeOf(from) };
    const { items, next } = await getJobs(db, filter, asked, new Date());
    return { count: items.length, next };
  };
  return {
    name: `jobs ${JSON.stringify(filter)} nextExecutionTime`,
    read,
    skip: async (db, from, limit) => {
      const asked = { after: placeOf(from), limit };
      const { items, last } = await listJobsByNextTime(db, filter, asked, new Date());
      return { count: items.length, next: last ?? undefined };
    },
  };
}
