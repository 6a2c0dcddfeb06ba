import type { JobFilter } from '../domain/job-filter.ts';
import { MAX_TOTAL, type Total } from '../domain/total.ts';
import { gatherByKeyPrefix, gatherByNextTime, gatherContaining, gatherWaiting } from './gather-jobs.ts';
import type { Queryable } from './pool.ts';
import { checkJobs, countSource, type Range, type Source, walkJobs } from './walk-jobs.ts';

/** Jobs that match, in the order of their ids, and where the list continues: null at its end. */
export type MatchingJobs = { ids: number[]; lastId: number | null };

type Asked = { afterId: number; maxId: number; limit: number; isNewestFirst: boolean };

/** The most jobs that are compared with the filter one by one, out of an index that is not in the order of ids. */
const MAX_GATHERED = 2_000;
/**
 * How many jobs a page compares at most, in the order of its list, and how many a count does: 10 to 15 ms each. A page compares only the
 * `first` of them before it looks for a text by its index. A count ends at `cap`.
 */
const WALKS = {
  plain: { page: 2_400, first: 200, counted: 2_000, cap: MAX_TOTAL },
  // Looks for a next time of each job.
  slow: { page: 1_000, first: 200, counted: 1_000, cap: MAX_TOTAL },
  // Looks for a success of each failing job in every day since its last failure, so a count ends at few of them.
  failed: { page: 1_000, first: 1_000, counted: 1_000, cap: 200 },
  // Looks for a success of each job in every day of the history.
  succeeded: { page: 500, first: 500, counted: 400, cap: MAX_TOTAL },
} as const;
/** The entries of each index that are counted to choose the index with the fewest. */
const CHOICE = 3_200;
/** All jobs. */
export const WHOLE = { afterId: 0, maxId: Number.MAX_SAFE_INTEGER, isNewestFirst: false };
/** The jobs that each statement of a count reads. */
const COUNT_STEP = 1_000;

/**
 * Lists jobs that match a filter, in the order of their ids.
 *
 * The work of a call is bounded. A filter that matches few of many jobs may return fewer ids than `limit`, or none, and
 * yet a `lastId`, from which the next call continues.
 *
 * @param options.maxId lists no job after this one, in the order of their ids.
 * @param options.isNewestFirst lists jobs from `afterId` back.
 */
export async function listMatchingJobIds(
  db: Queryable,
  filter: JobFilter,
  {
    afterId,
    maxId = Number.MAX_SAFE_INTEGER,
    limit,
    isNewestFirst = false,
  }: { afterId: number; maxId?: number; limit: number; isNewestFirst?: boolean },
  now: Date,
): Promise<MatchingJobs> {
  const asked = { afterId, maxId, limit, isNewestFirst };
  const wanted = { ...asked, most: limit + 1 };
  const few = await gather(db, filter, now);
  if (few !== undefined) return pageOf(await checkJobs(db, few, filter, wanted, now), asked, null);

  const { source, waiting } = await chooseSource(db, filter, asked, now);
  const walks = walksOf(filter);
  // A statement compares no more jobs than fill the page, and takes 2 ms to plan. So there is one, unless an index may have the text.
  const portion = filter.text === undefined ? walks.page : walks.first;
  const count = source === exactSource(filter) ? limit + 1 : Math.max(portion, limit + 1);
  const first = await walk(db, source, filter, { ...wanted, count, waiting }, now);
  if (filter.text === undefined || first.lastId === null || first.ids.length > limit)
    return pageOf(first.ids, asked, first.lastId);

  const rest = { ...wanted, afterId: first.lastId, most: limit + 1 - first.ids.length };
  const containing = await gatherText(db, filter, rest);
  if (containing !== undefined)
    return pageOf([...first.ids, ...(await checkJobs(db, containing, filter, rest, now))], asked, null);
  if (count >= walks.page) return pageOf(first.ids, asked, first.lastId);
  const others = await walk(db, source, filter, { ...rest, count: walks.page - count, waiting }, now);
  return pageOf([...first.ids, ...others.ids], asked, others.lastId);
}

/** @param options.looksForNextTimes whether each job's next time is looked for, regardless of the filter. */
export const walksOf = (
  { state, lastOutcome, nextBefore }: JobFilter,
  { looksForNextTimes = false } = {},
) => {
  if (lastOutcome !== undefined) return lastOutcome === 'FAILED' ? WALKS.failed : WALKS.succeeded;
  return looksForNextTimes || state?.includes('FINISHED') === true || nextBefore !== undefined
    ? WALKS.slow
    : WALKS.plain;
};

/**
 * Finds all jobs from a place on, or before it, that contain the text of the filter. Undefined if it has none, or if they may be more
 * than `most`.
 */
export async function gatherText(
  db: Queryable,
  { text }: JobFilter,
  { afterId, isNewestFirst }: Pick<Asked, 'afterId' | 'isNewestFirst'>,
  most = MAX_GATHERED,
): Promise<number[] | undefined> {
  if (text === undefined) return undefined;
  return gatherContaining(db, { text, afterId, isNewestFirst }, most);
}

/** Finds all jobs that may match by their ids, or by an index that is not in the order of ids. Undefined if it has more than `most`. */
export async function gather(
  db: Queryable,
  { ids: given, keyPrefix, nextBefore }: JobFilter,
  now: Date,
  most = MAX_GATHERED,
): Promise<number[] | undefined> {
  if (given !== undefined) return [...new Set(given)];
  if (keyPrefix !== undefined) {
    const ids = await gatherByKeyPrefix(db, keyPrefix, most);
    if (ids !== undefined) return ids;
  }
  if (nextBefore !== undefined) {
    const ids = await gatherByNextTime(db, { now, before: nextBefore }, most);
    if (ids !== undefined) return [...new Set(ids)];
  }
  return undefined;
}

/** Finds an index that has at most `count` jobs and every job that matches. Undefined if there is none. */
export async function findSmallSource(
  db: Queryable,
  filter: JobFilter,
  count: number,
  now: Date,
): Promise<Source | undefined> {
  const sizes = await sizesOf(db, filter, { ...WHOLE, count: count + 1 }, now);
  return bySize(sizes).find(({ size }) => size <= count)?.source;
}

/** Chooses the index that has the fewest jobs from the place on. It counts up to `CHOICE` entries of each. */
async function chooseSource(
  db: Queryable,
  filter: JobFilter,
  asked: Asked,
  now: Date,
): Promise<{ source: Source; waiting?: readonly number[] | undefined }> {
  const [first, ...others] = sourcesOf(filter);
  if (first === undefined) return chooseByState(db, filter, now);
  if (others.length === 0) return { source: first };
  const sizes = await sizesOf(db, filter, { ...asked, count: CHOICE }, now);
  return { source: bySize(sizes)[0]?.source ?? first };
}

/** Chooses a source without finished jobs, which may be most of all jobs: jobs with a schedule, paused jobs, and a few jobs that wait. */
async function chooseByState(
  db: Queryable,
  { state }: JobFilter,
  now: Date,
): Promise<{ source: Source; waiting?: readonly number[] | undefined }> {
  if (state === undefined || state.includes('FINISHED')) return { source: 'all' };
  const waiting = await gatherWaiting(db, now, MAX_GATHERED);
  return waiting === undefined ? { source: 'all' } : { source: 'unfinished', waiting };
}

/** Lists the indexes that have all jobs that match, in the order of their ids. */
function sourcesOf(filter: JobFilter): Source[] {
  const sources: Source[] = (['group', 'owner', 'tag', 'host', 'schedule'] as const).filter(
    (name) => filter[name] !== undefined,
  );
  const paused = pausedSource(filter);
  if (paused !== undefined) sources.push(paused);
  if (filter.lastOutcome === 'FAILED') sources.push('failing');
  return sources;
}

/** The index of the paused jobs that match, if no other jobs do. PAUSED has the jobs of PAUSED_BY_FAILURES, too. */
function pausedSource({ state }: JobFilter): Source | undefined {
  const states = state?.split(',') ?? [];
  if (states.length === 0 || !states.every((each) => each.startsWith('PAUSED'))) return undefined;
  return states.includes('PAUSED') ? 'paused' : 'pausedByFailures';
}

/** Counts the jobs of each index, up to a number. */
const sizesOf = (db: Queryable, filter: JobFilter, range: Range, now: Date) =>
  Promise.all(
    sourcesOf(filter).map(async (source) => ({
      source,
      size: await countSource(db, source, filter, range, now),
    })),
  );

const bySize = (sizes: readonly { source: Source; size: number }[]) =>
  sizes.toSorted((a, b) => a.size - b.size);

/** Walks along a source. */
async function walk(
  db: Queryable,
  source: Source,
  filter: JobFilter,
  range: Range,
  now: Date,
): Promise<MatchingJobs> {
  return walkJobs(db, source, filter, { ...range, isExact: source === exactSource(filter) }, now);
}

/** Makes a page of the ids that were found up to `lastId`. */
function pageOf(found: readonly number[], { limit }: Asked, lastId: number | null): MatchingJobs {
  const ids = found.slice(0, limit);
  return { ids, lastId: found.length > limit ? (ids.at(-1) ?? lastId) : lastId };
}

/** Returns the index whose jobs all match, and no others. */
export function exactSource(filter: JobFilter): Source | undefined {
  const conditions = Object.values(filter).filter((condition) => condition !== undefined);
  if (conditions.length === 0) return 'all';
  // A failing job may have succeeded since the last tick.
  const source = sourcesOf(filter).find((each) => each !== 'failing');
  return conditions.length === 1 ? source : undefined;
}

/**
 * Counts the jobs that match a filter, up to `cap`. The work is bounded: if few of many jobs match, the count may end
 * early, and then says that it is capped.
 *
 * @param options.cap the default is lower for filters that take longer.
 * @param options.reads the jobs to compare with the filter at most. The default takes about as long as a page.
 */
export async function countMatchingJobs(
  db: Queryable,
  filter: JobFilter,
  now: Date,
  { cap = walksOf(filter).cap, reads = walksOf(filter).counted }: { cap?: number; reads?: number } = {},
): Promise<Total> {
  const totalOf = (count: number, isWhole = true): Total => ({
    count: Math.min(count, cap),
    isCapped: !isWhole || count > cap,
  });
  const whole = exactSource(filter);
  // The index by host is not read without the rows of the jobs.
  if (whole !== undefined && whole !== 'host')
    return totalOf(await countSource(db, whole, filter, { ...WHOLE, count: cap + 1 }, now));
  const few = await gather(db, filter, now);
  if (few !== undefined) return totalOf((await checkJobs(db, few, filter, WHOLE, now)).length);

  const { source, waiting } = await chooseSource(db, filter, { ...WHOLE, limit: cap }, now);
  const step = Math.min(COUNT_STEP, reads);
  let afterId = 0;
  let count = 0;
  for (let read = 0; read < reads && count <= cap; read += step) {
    const range = { ...WHOLE, afterId, count: step, most: cap + 1 - count, waiting };
    const walked = await walkJobs(db, source, filter, range, now);
    count += walked.ids.length;
    if (walked.lastId === null) return totalOf(count);
    afterId = walked.lastId;
    const containing = read === 0 ? await gatherText(db, filter, { ...WHOLE, afterId }) : undefined;
    if (containing !== undefined) {
      const others = await checkJobs(db, containing, filter, { ...WHOLE, afterId }, now);
      return totalOf(count + others.length);
    }
  }
  return totalOf(count, false);
}
