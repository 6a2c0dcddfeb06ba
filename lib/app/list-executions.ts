import { findEarliestEnded, listExecutionsOfJobs } from '../db/executions-of-jobs.ts';
import type { PlacedExecution } from '../db/execution-history.ts';
import { findLiveKeys } from '../db/job-keys.ts';
import { findSmallSource, listMatchingJobIds } from '../db/match-jobs.ts';
import type { Pool } from '../db/pool.ts';
import { type WalkedExecutions, walkExecutions } from '../db/walk-executions.ts';
import { DAY_MS, startOfDay } from '../domain/day.ts';
import {
  type BegunStatus,
  begunStatuses,
  endedStatuses,
  type ExecutionFilter,
  type ExecutionPosition,
  FIRST_POSITION,
} from '../domain/execution-filter.ts';
import { BEGUN_AHEAD_MS } from './read-jobs.ts';

/** The executions that one page reads in the order of the list, in two portions. */
const FIRST_PORTION = 200;
const LAST_PORTION = 1_000;
/** The jobs whose executions are looked up job by job, if the walk finds too few. */
const MAX_JOBS = 2_000;
/** The look-ups, one for each job and day, in the latest days of a page, and again in the days before if these have too few. */
const LOOKUPS = 1_000;

export type ExecutionsPage = {
  items: PlacedExecution[];
  /** Where the next page begins; undefined at the end of the list. */
  next: ExecutionPosition | undefined;
};

/**
 * Lists the executions of all jobs, the latest execution time first. Without a filter by status, executions that were
 * cancelled before their time appear when that time has come.
 *
 * The work of a page is bounded. A filter that matches few of many executions may give a page with fewer items than
 * `limit`, or with none, and yet a next page.
 */
export async function listExecutions(
  pool: Pool,
  filter: ExecutionFilter,
  { limit, after: asked }: { limit: number; after?: ExecutionPosition | undefined },
  now: Date,
): Promise<ExecutionsPage> {
  const after = startOf(filter, asked ?? FIRST_POSITION, now);
  const jobId = filter.key === undefined ? filter.jobId : await findJobIdByKey(pool, filter);
  if (jobId === null) return { items: [], next: undefined };
  const bounded = { ...filter, jobId };
  if (jobId !== undefined && isScheduled(filter) && !hasJobConditions(filter)) {
    const found = await listExecutionsOfJobs(pool, [jobId], bounded, { after, limit: limit + 1 });
    return pageOf(found, limit, undefined);
  }
  const wanted = limit + 1;
  const portion = isExact(bounded) ? wanted : Math.max(FIRST_PORTION, wanted);
  const first = await walk(pool, bounded, { after, count: portion }, now);
  if (first.position === undefined || first.found.length > limit)
    return pageOf(first.found, limit, first.position);
  const rest = { after: first.position, wanted: wanted - first.found.length };
  const later =
    (await lookUp(pool, bounded, rest, now)) ??
    (await walk(pool, bounded, { after: rest.after, count: Math.max(LAST_PORTION, wanted) }, now));
  return pageOf([...first.found, ...later.found], limit, later.position);
}

/** Returns the place after which the page begins: no later than the end of the filter. */
function startOf(
  { until, statuses }: ExecutionFilter,
  after: ExecutionPosition,
  now: Date,
): ExecutionPosition {
  const begunMs = statuses === undefined ? now.getTime() + BEGUN_AHEAD_MS : Infinity;
  const endUs = Math.min(until?.getTime() ?? Infinity, begunMs) * 1_000;
  return endUs <= after.timeUs ? { timeUs: endUs, id: 0 } : after;
}

/** Matching executions, and the place up to which all were found; undefined for the end of the list. */
type Found = { found: PlacedExecution[]; position: ExecutionPosition | undefined };

const isScheduled = ({ trigger }: ExecutionFilter): boolean =>
  trigger === undefined || trigger === 'SCHEDULE';

const hasJobConditions = ({ tag, group, host }: ExecutionFilter): boolean =>
  tag !== undefined || group !== undefined || host !== undefined;

/** Whether every execution that a walk reads matches, so that it has to read no more than the page. */
function isExact(filter: ExecutionFilter): boolean {
  const { statuses = begunStatuses, trigger, jobId } = filter;
  const ended = endedStatuses.filter((status) => statuses.includes(status));
  const isWhole = ended.length === endedStatuses.length || !statuses.includes('SUCCESS');
  return isWhole && trigger === undefined && jobId === undefined && !hasJobConditions(filter);
}

/** Reads executions in the order of the list. */
async function walk(
  pool: Pool,
  filter: ExecutionFilter,
  { after, count }: { after: ExecutionPosition; count: number },
  now: Date,
): Promise<Found> {
  const { items, readCount, last } = await walkDays(pool, filter, { after, count }, now);
  return { found: items, position: readCount < count ? undefined : last };
}

/** The statuses of few executions, so that no day has a page of them. */
const rareStatuses: readonly BegunStatus[] = ['RUNNING', 'RETRYING'];

/**
 * Reads the executions of the latest two days first, and of all days where these have too few. Executions that have not ended are few,
 * and are read from all days at once.
 */
async function walkDays(
  pool: Pool,
  filter: ExecutionFilter,
  { after, count }: { after: ExecutionPosition; count: number },
  now: Date,
): Promise<WalkedExecutions> {
  if (filter.statuses?.every((status) => rareStatuses.includes(status)) === true)
    return walkExecutions(pool, filter, { after, count });
  const latestMs = Math.min(after.timeUs / 1_000, now.getTime());
  // A cursor may name any place.
  if (latestMs < 0) return walkExecutions(pool, filter, { after, count });
  const since = new Date(startOfDay(new Date(latestMs)).getTime() - DAY_MS);
  if (filter.since !== undefined && filter.since >= since)
    return walkExecutions(pool, filter, { after, count, ofFewDays: true });
  const ofFew = await walkExecutions(pool, { ...filter, since }, { after, count, ofFewDays: true });
  if (ofFew.readCount === count) return ofFew;
  const rest = { after: { timeUs: since.getTime() * 1_000, id: 0 }, count: count - ofFew.readCount };
  const others = await walkExecutions(pool, filter, rest);
  return {
    items: [...ofFew.items, ...others.items],
    readCount: ofFew.readCount + others.readCount,
    last: others.last ?? ofFew.last,
  };
}

/**
 * Looks up the executions of the few jobs that match, for as many days as the bound allows. Returns undefined if many jobs
 * match: then the walk finds some of their executions on each page.
 */
async function lookUp(
  pool: Pool,
  filter: ExecutionFilter,
  { after, wanted }: { after: ExecutionPosition; wanted: number },
  now: Date,
): Promise<Found | undefined> {
  const { tag, group, host, jobId } = filter;
  if (!hasJobConditions(filter) || jobId !== undefined || !isScheduled(filter)) return undefined;
  const ofJobs = { tag, group, host };
  if ((await findSmallSource(pool, ofJobs, MAX_JOBS, now)) === undefined) return undefined;
  const range = { afterId: 0, limit: MAX_JOBS };
  const { ids, lastId } = await listMatchingJobIds(pool, ofJobs, range, now);
  if (lastId !== null) return undefined;
  if (ids.length === 0) return { found: [], position: undefined };
  const days = Math.max(1, Math.floor(LOOKUPS / ids.length));
  const latest = await lookUpDays(pool, ids, filter, { after, wanted, days });
  if (latest.found.length >= wanted || latest.position === undefined) return latest;
  const { found, position } = await lookUpDays(pool, ids, filter, {
    after: latest.position,
    wanted: wanted - latest.found.length,
    days,
  });
  const both = [...latest.found, ...found];
  if (both.length >= wanted || position === undefined) return { found: both, position };
  const earliest = await findEarliestEnded(pool);
  const isEnd = earliest === undefined || earliest.getTime() * 1_000 >= position.timeUs;
  return { found: both, position: isEnd ? undefined : position };
}

/** Looks up the executions of some jobs in the days before a place. The place is undefined where the filter has no earlier day. */
async function lookUpDays(
  pool: Pool,
  ids: readonly number[],
  filter: ExecutionFilter,
  { after, wanted, days }: { after: ExecutionPosition; wanted: number; days: number },
): Promise<Found> {
  const start = new Date(Math.floor(after.timeUs / 1_000) - days * DAY_MS);
  const isWhole = filter.since !== undefined && filter.since >= start;
  const since = isWhole ? filter.since : start;
  const found = await listExecutionsOfJobs(pool, ids, { ...filter, since }, { after, limit: wanted });
  return { found, position: isWhole ? undefined : { timeUs: start.getTime() * 1_000, id: 0 } };
}

/** Finds the job that has the key, or null if there is none or it is not the wanted job. */
async function findJobIdByKey(pool: Pool, { key, jobId }: ExecutionFilter): Promise<number | null> {
  const [live] = key === undefined ? [] : await findLiveKeys(pool, [key]);
  const id = live?.jobId;
  return id === undefined || (jobId !== undefined && jobId !== id) ? null : id;
}

/** Makes a page of executions, of which one more than `limit` may have been found. */
function pageOf(
  found: readonly PlacedExecution[],
  limit: number,
  position: ExecutionPosition | undefined,
): ExecutionsPage {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length > limit && last !== undefined)
    return { items, next: { timeUs: last.timeUs, id: last.id } };
  return { items, next: position };
}
