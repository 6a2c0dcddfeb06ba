import { findUpcomingLoad } from '../db/upcoming-load.ts';
import type { Pool } from '../db/pool.ts';
import {
  countIntervals,
  countSchedules,
  countSingles,
  findLoadingJobs,
  type IntervalCount,
  listJobsOfSchedules,
  type SingleCount,
} from '../db/schedule-load.ts';
import type { Clock } from '../domain/clock.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import { busiestMinutes, countLoad } from '../domain/load/count-load.ts';
import {
  type CronJobs,
  type IntervalJobs,
  type LoadWindow,
  MINUTE_MS,
  type SingleJobs,
} from '../domain/load/load.ts';
import { cronRunsIn, intervalRunsIn } from '../domain/load/runs-in-minute.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import type { Schedule } from '../domain/schedule/schedule.ts';

export type AskedLoad = LoadWindow & {
  /** Counts only these jobs. Undefined for all jobs. */
  jobIds: readonly number[] | undefined;
  /** How many of the busiest minutes are described. */
  busiest: number;
  /** Runs that were counted before may be this old. 0 counts now. */
  maxAgeMs: number;
};

/** Jobs that are due together. `jobIds` has some of them. `schedule` is null for different jobs that run once. */
export type LoadPart = {
  schedule: string | null;
  timeZone: string | null;
  jobs: number;
  runs: number;
  jobIds: number[];
};

export type ScheduleLoad = {
  countedAtMs: number;
  jobs: number;
  perMinute: number[];
  isExact: boolean;
  busiest: { minuteMs: number; runs: number; parts: LoadPart[] }[];
};

type Source = { schedule: string | null; timeZone: string | null; jobs: number; jobIds: number[] };
type Groups = {
  crons: (CronJobs & Source)[];
  intervals: (IntervalJobs & Source)[];
  singles: (SingleJobs & Source)[];
  /** True if a limit left out jobs, or a schedule cannot be read. */
  isPartial: boolean;
};

/** Fewer jobs are counted at each request, within 50 ms also if all schedules differ. So their counts are never old. */
export const MIN_KEPT_JOBS = 1_000;

// With these limits, a request takes seconds in the worst case. Few deployments have a tenth of this number of schedules.
const MAX_CRONS = 100_000;
const MAX_INTERVALS = 200_000;
const PARTS_SHOWN = 5;
const JOB_IDS_SHOWN = 5;

export type ReadScheduleLoad = (asked: AskedLoad) => Promise<ScheduleLoad>;

/**
 * Makes the use case that counts the runs of active jobs in each minute of a window. PostgreSQL counts the jobs of each
 * schedule, and each schedule is expanded once, also when many jobs have it. A request that describes no minutes may take the
 * counts of a tick.
 */
export function makeReadScheduleLoad({ pool, clock }: { pool: Pool; clock: Clock }): ReadScheduleLoad {
  return async (asked) => {
    const countedAtMs = clock.nowMs();
    const kept = await findKept(pool, asked, countedAtMs);
    if (kept !== undefined) return kept;
    const { groups, ...counted } = await countRuns(pool, asked);
    const busiest = busiestMinutes(counted, asked.busiest).map((minute) => {
      const minuteMs = asked.fromMs + minute * MINUTE_MS;
      return { minuteMs, runs: counted.perMinute[minute] ?? 0, parts: partsOf(groups, minuteMs) };
    });
    await addJobIds(pool, busiest);
    return { countedAtMs, ...counted, busiest };
  };
}

async function findKept(pool: Pool, asked: AskedLoad, nowMs: number): Promise<ScheduleLoad | undefined> {
  if (asked.maxAgeMs === 0 || asked.jobIds !== undefined || asked.busiest > 0) return undefined;
  const kept = await findUpcomingLoad(pool, {
    from: new Date(asked.fromMs),
    until: new Date(asked.untilMs),
    countedFrom: new Date(nowMs - asked.maxAgeMs),
    // The clock of the tick may be ahead.
    countedUntil: new Date(nowMs + MINUTE_MS),
    minJobs: MIN_KEPT_JOBS,
  });
  if (kept === undefined) return undefined;
  const { countedAt, ...counts } = kept;
  return { countedAtMs: countedAt.getTime(), ...counts, busiest: [] };
}

type CountedRuns = {
  groups: Groups;
  jobs: number;
  perMinute: number[];
  isExact: boolean;
};

/** Counts the runs in each minute of a window now. */
export async function countRuns(
  pool: Pool,
  asked: LoadWindow & Pick<AskedLoad, 'jobIds'>,
): Promise<CountedRuns> {
  const groups = await (asked.jobIds === undefined
    ? readGroups(pool, asked)
    : readGroupsOf(pool, asked.jobIds));
  const load = countLoad(groups, asked);
  return {
    groups,
    jobs: [...groups.crons, ...groups.intervals, ...groups.singles].reduce((sum, { jobs }) => sum + jobs, 0),
    perMinute: Array.from(load.perMinute, Math.round),
    isExact: load.isExact && !groups.isPartial,
  };
}

async function readGroups(pool: Pool, { fromMs, untilMs }: LoadWindow): Promise<Groups> {
  const groups: Groups = { crons: [], intervals: [], singles: [], isPartial: false };
  // Two connections at a time, which is what the function has.
  const [schedules, [intervals, singles]] = await Promise.all([
    countSchedules(pool, MAX_CRONS),
    readOwnTimes(pool, { from: new Date(fromMs), until: new Date(untilMs) }),
  ]);
  for (const { schedule, timeZone, jobs } of schedules) {
    const compiled = compile(schedule, timeZone);
    if (compiled === undefined) groups.isPartial = true;
    if (compiled?.kind === 'cron')
      groups.crons.push({ cron: compiled, schedule, timeZone, jobs, jobIds: [] });
  }
  for (const { schedule, nextSecond, jobs, jobId } of intervals) {
    const compiled = compile(schedule, 'UTC');
    if (compiled?.kind !== 'interval') continue;
    const { everyMs } = compiled;
    groups.intervals.push({
      everyMs,
      anyMs: nextSecond * 1_000,
      schedule,
      timeZone: null,
      jobs,
      jobIds: [jobId],
    });
  }
  for (const { minute, jobs, jobId } of singles) {
    groups.singles.push({
      minuteMs: minute * MINUTE_MS,
      schedule: null,
      timeZone: null,
      jobs,
      jobIds: [jobId],
    });
  }
  groups.isPartial ||= schedules.length === MAX_CRONS || intervals.length === MAX_INTERVALS;
  return groups;
}

async function readOwnTimes(
  pool: Pool,
  window: { from: Date; until: Date },
): Promise<[IntervalCount[], SingleCount[]]> {
  return [await countIntervals(pool, MAX_INTERVALS), await countSingles(pool, window)];
}

async function readGroupsOf(pool: Pool, jobIds: readonly number[]): Promise<Groups> {
  const groups: Groups = { crons: [], intervals: [], singles: [], isPartial: false };
  const bySchedule = new Map<string, CronJobs & Source>();
  for (const job of await findLoadingJobs(pool, jobIds)) {
    const { id, schedule, timeZone, isRecurring, nextExecutionTime } = job;
    const source = { schedule, timeZone, jobs: 1, jobIds: [id] };
    const nextMs = nextExecutionTime?.getTime();
    const compiled = compile(schedule, timeZone);
    if (!isRecurring) {
      if (nextMs !== undefined) {
        groups.singles.push({ ...source, minuteMs: Math.floor(nextMs / MINUTE_MS) * MINUTE_MS });
      }
    } else if (compiled?.kind === 'cron') {
      const known = bySchedule.get(`${timeZone}\n${schedule}`);
      if (known === undefined) bySchedule.set(`${timeZone}\n${schedule}`, { ...source, cron: compiled });
      else {
        known.jobs += 1;
        known.jobIds.push(id);
      }
    } else if (compiled?.kind === 'interval' && nextMs !== undefined) {
      groups.intervals.push({ ...source, everyMs: compiled.everyMs, anyMs: nextMs });
    } else groups.isPartial = true;
  }
  groups.crons.push(...bySchedule.values());
  return groups;
}

/** Returns undefined for a stored schedule that this version cannot read. */
function compile(schedule: string, timeZone: string): Schedule | undefined {
  try {
    return compileSchedule(schedule, timeZone);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return undefined;
    throw error;
  }
}

/** Returns the jobs with the most runs in a minute. */
function partsOf({ crons, intervals, singles }: Groups, minuteMs: number): LoadPart[] {
  const parts: LoadPart[] = [];
  const add = ({ schedule, timeZone, jobs, jobIds }: Source, runsOfEach: number): void => {
    const runs = jobs * runsOfEach;
    if (runs === 0 || (parts.length === PARTS_SHOWN && runs <= (parts.at(-1)?.runs ?? 0))) return;
    const place = parts.findIndex((part) => part.runs < runs);
    const part = { schedule, timeZone, jobs, runs, jobIds: jobIds.slice(0, JOB_IDS_SHOWN) };
    parts.splice(place === -1 ? parts.length : place, 0, part);
    if (parts.length > PARTS_SHOWN) parts.pop();
  };
  for (const group of crons) add(group, cronRunsIn(group.cron, minuteMs));
  for (const group of intervals) add(group, intervalRunsIn(group, minuteMs));
  for (const group of singles) add(group, group.minuteMs === minuteMs ? 1 : 0);
  return parts;
}

/** Adds some jobs to the parts that have none yet. */
async function addJobIds(pool: Pool, busiest: readonly { parts: LoadPart[] }[]): Promise<void> {
  const open = busiest.flatMap(({ parts }) => parts.filter(({ jobIds }) => jobIds.length === 0));
  const schedules = open.map(({ schedule, timeZone }) => ({
    schedule: schedule ?? '',
    timeZone: timeZone ?? '',
  }));
  const found = await listJobsOfSchedules(pool, schedules, JOB_IDS_SHOWN);
  for (const [place, part] of open.entries()) part.jobIds = found[place] ?? [];
}
