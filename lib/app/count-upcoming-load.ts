import { claimLoadCount, keepUpcomingLoad } from '../db/upcoming-load.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { DAY_MS } from '../domain/day.ts';
import { MINUTE_MS, minutesOf } from '../domain/load/load.ts';
import { countRuns } from './load/count-runs.ts';
import { MIN_KEPT_JOBS } from './load/find-kept.ts';
import { toStoredLists } from './load/stored-groups.ts';

/** A day more than a request may ask for, so that the counts of some minutes ago contain each window that begins now. */
const KEPT_DAYS = 32;

/**
 * A count over a million jobs takes most of a second, so that one in 5 minutes takes 0.3 % of the time. Half a minute less, so
 * that the fifth tick counts although it may begin a little earlier in its minute.
 */
const COUNT_EVERY_MS = 4.5 * MINUTE_MS;

/**
 * Makes the upkeep that counts the runs of all active jobs in the next weeks and keeps them with their schedules, so that a screen
 * need not count them. A count that fails is tried again as late as one that succeeds.
 */
export function makeCountUpcomingLoad({ pool, clock }: { pool: Pool; clock: Clock }): () => Promise<void> {
  return async () => {
    const nowMs = clock.nowMs();
    const countedAt = new Date(nowMs);
    if (!(await claimLoadCount(pool, countedAt, COUNT_EVERY_MS))) return;
    const fromMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    const window = { fromMs, untilMs: fromMs + KEPT_DAYS * DAY_MS };
    const { groups, jobs, perMinute, isExact } = await countRuns(pool, { ...window, jobIds: undefined });
    const singlePerMinute = Array.from({ length: minutesOf(window) }, () => 0);
    let singleJobs = 0;
    for (const single of groups.singles) {
      singleJobs += single.jobs;
      singlePerMinute[(single.minuteMs - fromMs) / MINUTE_MS] = single.jobs;
    }
    const all = [...groups.crons, ...groups.intervals, ...groups.singles];
    await keepUpcomingLoad(pool, {
      countedAt,
      startsAt: new Date(fromMs),
      endsAt: new Date(window.untilMs),
      jobs,
      recurringJobs: jobs - singleJobs,
      isExact,
      perMinute,
      singlePerMinute,
      // Requests do not take the counts of fewer jobs.
      groups: jobs < MIN_KEPT_JOBS ? undefined : toStoredLists(all, window),
    });
  };
}
