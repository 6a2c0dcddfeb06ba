import { listJobNames } from '../db/job-names.ts';
import type { Pool } from '../db/pool.ts';
import { inSnapshot } from '../db/transaction.ts';
import { listSchedulesAfter, listWaiting } from '../db/upcoming-executions.ts';
import { type Calendar, calendarLimits } from '../domain/calendar.ts';
import { DAY_MS } from '../domain/day.ts';
import { listOccurrences } from '../domain/upcoming.ts';
import { timings } from '../topology.ts';
import { toPending } from './list-upcoming.ts';

/**
 * Reads the executions of the next days, the earliest first, with the names of their jobs and nothing else. What it
 * reads and computes is bounded, regardless of the number of jobs: the jobs that are due next come first.
 */
export async function readCalendar(pool: Pool, now: Date): Promise<Calendar> {
  const { days, events: limit, eventsPerJob } = calendarLimits;
  const until = new Date(now.getTime() + days * DAY_MS);
  return inSnapshot(pool, async (tx) => {
    const waiting = await listWaiting(tx, {
      after: undefined,
      until,
      limit: limit + 1,
      walked: limit + 1,
    });
    const schedules = await listSchedulesAfter(tx, { after: undefined, until, limit: limit + 1 });
    const occurrences = listOccurrences(schedules.flatMap(toPending), {
      nowMs: now.getTime(),
      untilMs: until.getTime(),
      misfireAfterMs: timings.misfireAfterMs,
      after: undefined,
      limit: limit + 1,
      // One more than is shown, so that the end of a job's events is known.
      limitPerJob: eventsPerJob + 1,
    });
    const dispatched = waiting.items.map(({ jobId, executionTime }) => ({
      jobId,
      timeMs: executionTime.getTime(),
    }));
    const counts = new Map<number, number>();
    const known = [...dispatched, ...occurrences].toSorted(
      (a, b) => a.timeMs - b.timeMs || a.jobId - b.jobId,
    );
    const shown = known
      .filter(({ jobId }) => {
        const count = (counts.get(jobId) ?? 0) + 1;
        counts.set(jobId, count);
        return count <= eventsPerJob;
      })
      .slice(0, limit);
    const names = await listJobNames(tx, [...new Set(shown.map(({ jobId }) => jobId))]);
    return {
      events: shown.map(({ jobId, timeMs }) => ({ jobId, timeMs, name: names.get(jobId) ?? `Job ${jobId}` })),
      isCapped: waiting.last !== undefined || schedules.length > limit || known.length > shown.length,
    };
  });
}
