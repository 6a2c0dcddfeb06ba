import { type ExecutionPage, listUpcoming } from '../db/execution-history.ts';
import { jobWasCreated } from '../db/jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import {
  findScheduleRow,
  listSchedulesAfter,
  listSchedulesUpTo,
  listWaiting,
  type ScheduleRow,
} from '../db/upcoming-executions.ts';
import { DAY_MS } from '../domain/day.ts';
import { InvalidScheduleError, JobNotFoundError } from '../domain/errors.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import {
  listOccurrences,
  type OccurrencePlace,
  type PendingSchedule,
  type PlacedUpcoming,
  type UpcomingPlace,
} from '../domain/upcoming.ts';
import { timings } from '../topology.ts';

/** How far ahead the list of one job reaches, and the next occurrence beyond that. */
const JOB_AHEAD_MS = 366 * DAY_MS;
/**
 * Schedules whose first occurrence is on an earlier page. Each may occur again, so each page computes them all: 5,000 take
 * about 30 ms.
 */
const MAX_EARLIER = 5_000;
/** Executions that wait, with retries, which one page reads. */
const MIN_WALKED = 1_000;

export type UpcomingPage = {
  items: PlacedUpcoming[];
  next: UpcomingPlace | undefined;
  /** Whether the list ends here, before its last instant, because its pages would take too long. */
  isCapped: boolean;
};

/** Lists the upcoming executions of all jobs, the earliest first, until an instant. */
export async function listAllUpcoming(
  pool: Pool,
  { until, limit, after }: { until: Date; limit: number; after: UpcomingPlace | undefined },
  now: Date,
): Promise<UpcomingPage> {
  return inSnapshot(pool, async (tx) => {
    const waiting = await listWaiting(tx, {
      after: afterDispatched(after),
      until,
      limit: limit + 1,
      walked: Math.max(MIN_WALKED, limit + 1),
    });
    const schedules = await readSchedules(tx, { after: afterOccurrence(after), until, limit: limit + 1 });
    if (schedules === undefined) return { items: [], next: undefined, isCapped: true };
    const window = windowOf(now, until);
    const occurrences = listOccurrences(schedules, {
      ...window,
      after: afterOccurrence(after),
      limit: limit + 1,
    });
    const dispatched = waiting.items.map((execution): PlacedUpcoming => ({
      place: { atUs: execution.atUs, isDispatched: true, id: execution.id },
      item: { isDispatched: true, execution },
    }));
    const merged = [...dispatched, ...occurrences.map(toPlaced)].toSorted((a, b) =>
      compare(a.place, b.place),
    );
    // Executions after the last one that was read are unknown, and so are occurrences at that time.
    const end = waiting.last === undefined ? undefined : { ...waiting.last, isDispatched: true };
    const known = end === undefined ? merged : merged.filter(({ place }) => compare(place, end) <= 0);
    return { ...pageOf(known, limit, end), isCapped: false };
  });
}

/** Reads the schedules that may have an occurrence on the page. Undefined if there are too many. */
async function readSchedules(
  tx: Queryable,
  { after, until, limit }: { after: OccurrencePlace | undefined; until: Date; limit: number },
): Promise<PendingSchedule[] | undefined> {
  const place = after && { time: new Date(after.timeMs), jobId: after.jobId };
  const earlier = place === undefined ? [] : await listSchedulesUpTo(tx, place, MAX_EARLIER + 1);
  if (earlier.length > MAX_EARLIER) return undefined;
  const later = await listSchedulesAfter(tx, { after: place, until, limit });
  return [...earlier.filter(({ isRecurring }) => isRecurring), ...later].flatMap(toPending);
}

/**
 * Lists the upcoming executions of a job, the earliest first.
 *
 * @throws JobNotFoundError when the job never existed.
 */
export async function listJobUpcoming(
  pool: Pool,
  jobId: number,
  page: { until: Date | undefined; limit: number; offset: number; after: UpcomingPlace | undefined },
  now: Date,
): Promise<Omit<UpcomingPage, 'isCapped'>> {
  const { until, limit, offset, after } = page;
  return inSnapshot(pool, async (tx) => {
    const wanted = offset + limit + 1;
    const ofHistory: ExecutionPage = { limit: wanted, offset: 0, afterUs: after?.atUs };
    const { items: waiting } = await listUpcoming(tx, jobId, ofHistory);
    const row = await findScheduleRow(tx, jobId);
    if (waiting.length === 0 && row === undefined && !(await jobWasCreated(tx, jobId)))
      throw new JobNotFoundError(jobId);
    const lastMs =
      until?.getTime() ?? Math.max(now.getTime() + JOB_AHEAD_MS, row?.nextExecutionTime.getTime() ?? 0);
    const dispatched = waiting
      .filter(({ executionTime }) => executionTime.getTime() <= lastMs)
      .map((execution): PlacedUpcoming => ({
        place: { atUs: execution.timeUs, isDispatched: true, id: execution.id },
        item: { isDispatched: true, execution },
      }));
    const occurrences = listOccurrences(row === undefined ? [] : toPending(row), {
      ...windowOf(now, new Date(lastMs)),
      after: afterOccurrence(after),
      limit: wanted,
    });
    const merged = [...dispatched, ...occurrences.map(toPlaced)].toSorted((a, b) =>
      compare(a.place, b.place),
    );
    return pageOf(merged.slice(offset), limit, undefined);
  });
}

const windowOf = (now: Date, until: Date) => ({
  nowMs: now.getTime(),
  untilMs: until.getTime(),
  misfireAfterMs: timings.misfireAfterMs,
});

const afterDispatched = (place: UpcomingPlace | undefined) =>
  place && { atUs: place.atUs, id: place.isDispatched ? place.id : Number.MAX_SAFE_INTEGER };

const afterOccurrence = (place: UpcomingPlace | undefined): OccurrencePlace | undefined =>
  place && { timeMs: Math.floor(place.atUs / 1_000), jobId: jobIdAt(place) };

/** The last job whose occurrence in the millisecond of the place comes before it. */
function jobIdAt({ atUs, isDispatched, id }: UpcomingPlace): number {
  if (!isDispatched) return id;
  return atUs % 1_000 === 0 ? 0 : Number.MAX_SAFE_INTEGER;
}

/** Reads a stored schedule. Returns nothing for a schedule that this version cannot read. */
export function toPending({
  schedule,
  timeZone,
  nextExecutionTime,
  ...rest
}: ScheduleRow): PendingSchedule[] {
  try {
    return [{ ...rest, schedule: compileSchedule(schedule, timeZone), nextMs: nextExecutionTime.getTime() }];
  } catch (error) {
    if (error instanceof InvalidScheduleError) return [];
    throw error;
  }
}

const toPlaced = (occurrence: { jobId: number; timeMs: number }): PlacedUpcoming => ({
  place: { atUs: occurrence.timeMs * 1_000, isDispatched: false, id: occurrence.jobId },
  item: { isDispatched: false, occurrence },
});

const compare = (a: UpcomingPlace, b: UpcomingPlace): number =>
  a.atUs - b.atUs || Number(b.isDispatched) - Number(a.isDispatched) || a.id - b.id;

function pageOf(
  found: readonly PlacedUpcoming[],
  limit: number,
  end: UpcomingPlace | undefined,
): Omit<UpcomingPage, 'isCapped'> {
  const shown = found.slice(0, limit);
  const next = found.length > limit ? shown.at(-1)?.place : end;
  return { items: shown, next };
}
