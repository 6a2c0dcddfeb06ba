import type { Pool } from '../../db/pool.ts';
import { findLoadingJobs, listJobsOfSchedules, type LoadingJob } from '../../db/schedule-load.ts';
import { type LoadGroup, remainder } from '../../domain/load/groups.ts';
import { MINUTE_MS } from '../../domain/load/load.ts';
import type { MinutePart } from '../../domain/load/minute-parts.ts';

/** The groups of a minute that an answer has. */
export const PARTS_SHOWN = 5;
const JOB_IDS_SHOWN = 5;

/** A minute with the groups that have the most runs in it. */
export type BusyMinute = { minuteMs: number; runs: number; parts: MinutePart[] };

/** Jobs that are due together. `jobIds` has some of them. `schedule` is null for different jobs that run once. */
export type LoadPart = {
  schedule: string | null;
  timeZone: string | null;
  jobs: number;
  runs: number;
  jobIds: number[];
};

/** Adds some jobs to the groups of minutes: the jobs that a group names, or jobs with its schedule. */
export async function withJobIds(
  pool: Pool,
  busiest: readonly BusyMinute[],
): Promise<{ minuteMs: number; runs: number; parts: LoadPart[] }[]> {
  const described = busiest.map(({ minuteMs, runs, parts }) => ({
    minuteMs,
    runs,
    parts: parts.map(({ group: { schedule, timeZone, jobs, jobIds }, runs: own }) => ({
      schedule,
      timeZone,
      jobs,
      runs: own,
      jobIds: jobIds.slice(0, JOB_IDS_SHOWN),
    })),
  }));
  const open = described.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      const { schedule, timeZone, jobIds } = part;
      return jobIds.length > 0 || schedule === null || timeZone === null
        ? []
        : [{ part, schedule, timeZone }];
    }),
  );
  const found = await listJobsOfSchedules(pool, open, JOB_IDS_SHOWN);
  for (const [place, { part }] of open.entries()) part.jobIds = found[place] ?? [];
  return described;
}

/** Leaves out jobs that were changed or deleted since their groups were counted. */
export async function withoutChangedJobs(pool: Pool, busiest: readonly BusyMinute[]): Promise<BusyMinute[]> {
  const ids = busiest.flatMap(({ parts }) => parts.flatMap(({ group }) => group.jobIds));
  const found = ids.length === 0 ? [] : await findLoadingJobs(pool, ids);
  const jobs = new Map(found.map((job) => [job.id, job]));
  const update = (group: LoadGroup): LoadGroup => ({
    ...group,
    jobIds: group.jobIds.filter((id) => isOf(group, jobs.get(id))),
  });
  return busiest.map(({ parts, ...minute }) => ({
    ...minute,
    parts: parts.map(({ group, runs }) => ({ group: update(group), runs })),
  }));
}

function isOf(group: LoadGroup, job: LoadingJob | undefined): boolean {
  if (job === undefined) return false;
  const nextMs = job.nextExecutionTime?.getTime();
  if ('minuteMs' in group) {
    // A job that runs once has no next time after its dispatch.
    const isThen = nextMs === undefined || Math.floor(nextMs / MINUTE_MS) * MINUTE_MS === group.minuteMs;
    return !job.isRecurring && isThen;
  }
  if (!job.isRecurring || job.schedule !== group.schedule || nextMs === undefined) return false;
  if ('cron' in group) return job.timeZone === group.timeZone;
  return remainder(Math.floor(nextMs / 1_000) * 1_000 - group.anyMs, group.everyMs) === 0;
}
