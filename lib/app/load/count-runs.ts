import type { Pool } from '../../db/pool.ts';
import {
  countIntervals,
  countSchedules,
  countSingles,
  findLoadingJobs,
  type IntervalCount,
  type SingleCount,
} from '../../db/schedule-load.ts';
import { countLoad } from '../../domain/load/count-load.ts';
import { remainder, type Source } from '../../domain/load/groups.ts';
import {
  type CronJobs,
  type IntervalJobs,
  type LoadWindow,
  MINUTE_MS,
  type SingleJobs,
} from '../../domain/load/load.ts';
import { compile } from './compile.ts';

export type Groups = {
  crons: (CronJobs & Source)[];
  intervals: (IntervalJobs & Source)[];
  singles: (SingleJobs & Source)[];
  /** True if a limit left out jobs, or a schedule cannot be read. */
  isPartial: boolean;
};

// With these limits, a request takes seconds in the worst case. Few deployments have a tenth of this number of schedules.
const MAX_CRONS = 100_000;
const MAX_INTERVALS = 200_000;

export type CountedRuns = { groups: Groups; jobs: number; perMinute: number[]; isExact: boolean };

/** Counts the runs in each minute of a window now. Without `jobIds`, all active jobs count. */
export async function countRuns(
  pool: Pool,
  asked: LoadWindow & { jobIds: readonly number[] | undefined },
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
  const byPhase = new Map<string, IntervalJobs & Source>();
  for (const { schedule, nextSecond, jobs, jobId } of intervals) {
    const compiled = compile(schedule, 'UTC');
    if (compiled?.kind !== 'interval') continue;
    const { everyMs } = compiled;
    const anyMs = nextSecond * 1_000;
    addInterval(byPhase, { everyMs, anyMs, schedule, timeZone: null, jobs, jobIds: [jobId] });
  }
  groups.intervals.push(...byPhase.values());
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

/** Adds jobs to the jobs with the same interval that are due in the same seconds, also when their next times differ. */
function addInterval(byPhase: Map<string, IntervalJobs & Source>, group: IntervalJobs & Source): void {
  const { schedule, everyMs, anyMs, jobs, jobIds } = group;
  const key = `${remainder(anyMs, everyMs)} ${schedule}`;
  const known = byPhase.get(key);
  if (known === undefined) byPhase.set(key, group);
  else {
    known.jobs += jobs;
    known.jobIds = [Math.min(...known.jobIds, ...jobIds)];
  }
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
