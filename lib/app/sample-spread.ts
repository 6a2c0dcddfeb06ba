import { findJobStates, type JobState } from '../db/job-states.ts';
import { listMatchingJobIds } from '../db/match-jobs.ts';
import type { Queryable } from '../db/pool.ts';
import type { JobFilter } from '../domain/job-filter.ts';
import type { SpreadWindow } from '../domain/operation.ts';
import { nextTimeAfter } from '../domain/schedule/next-time.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { spreadOf } from './spread-jobs.ts';

/** The jobs that are looked at. */
const SAMPLE = 100;

/** What a spread would do to some of the jobs that match. */
export type SpreadSample = {
  /** The number of jobs that were looked at, up to 100. */
  jobs: number;
  /** Jobs among them that keep their schedules, by reason. */
  leftOut: { reason: string; jobs: number; jobId: number }[];
  /** The first job that gets another schedule, with its next time by each. */
  example: SpreadExample | null;
};

export type SpreadExample = {
  jobId: number;
  schedule: string;
  newSchedule: string;
  timeZone: string;
  at: Date;
  newAt: Date;
};

/** Computes new schedules for the first jobs that match a filter. It changes nothing. */
export async function sampleSpread(
  db: Queryable,
  filter: JobFilter,
  window: SpreadWindow,
  now: Date,
): Promise<SpreadSample> {
  const { ids } = await listMatchingJobIds(db, filter, { afterId: 0, limit: SAMPLE }, now);
  const jobs = await findJobStates(db, ids);
  const leftOut = new Map<string, SpreadSample['leftOut'][number]>();
  let example: SpreadExample | null = null;
  for (const job of jobs) {
    const result = spreadOf(job, window, now);
    if ('fault' in result) {
      const reason = `"${job.schedule}" ${result.fault}`;
      const same = leftOut.get(result.fault);
      if (same === undefined) leftOut.set(result.fault, { reason, jobs: 1, jobId: job.id });
      else same.jobs += 1;
    } else example ??= exampleOf(job, result, now);
  }
  return { jobs: jobs.length, leftOut: [...leftOut.values()], example };
}

/** Returns null for a schedule without a future time. */
function exampleOf(
  { id, schedule, timeZone }: JobState,
  { schedule: newSchedule, offsetSeconds }: { schedule: string; offsetSeconds: number },
  now: Date,
): SpreadExample | null {
  const atMs = nextTimeAfter(compileSchedule(schedule, timeZone), now.getTime());
  if (atMs === undefined) return null;
  const spread = compileSchedule(newSchedule, timeZone);
  const laterMs = atMs + offsetSeconds * 1_000;
  // Next to a change of the clock, the same time may come sooner.
  const newAtMs = nextTimeAfter(spread, laterMs - 1) === laterMs ? laterMs : nextTimeAfter(spread, atMs - 1);
  if (newAtMs === undefined) return null;
  return { jobId: id, schedule, newSchedule, timeZone, at: new Date(atMs), newAt: new Date(newAtMs) };
}
