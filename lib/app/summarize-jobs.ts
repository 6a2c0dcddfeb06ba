import { findSummarisedJobs, listRecentRuns, type SummarisedJob } from '../db/job-summaries.ts';
import type { Pool } from '../db/pool.ts';
import { DAY_MS } from '../domain/day.ts';
import { InvalidScheduleError } from '../domain/errors.ts';
import type { JobSummary } from '../domain/job-summary.ts';
import { compileSchedule } from '../domain/schedule/parse-schedule.ts';
import { describeSchedule } from '../domain/schedule/words/describe-schedule.ts';
import { BEGUN_AHEAD_MS } from './read-jobs.ts';

/** How far back runs are looked for. Each day is a partition, and so a look-up for each job. */
const RUNS_OF_DAYS = 31;

/** Summarizes jobs, deleted ones included, in the order of their ids. Ids that no job ever had are left out. */
export async function summarizeJobs(
  pool: Pool,
  ids: readonly number[],
  { runs: limit, now }: { runs: number; now: Date },
): Promise<JobSummary[]> {
  const from = new Date(now.getTime() - RUNS_OF_DAYS * DAY_MS);
  const until = new Date(now.getTime() + BEGUN_AHEAD_MS);
  const [jobs, runs] = await Promise.all([
    findSummarisedJobs(pool, ids),
    limit === 0 ? undefined : listRecentRuns(pool, [...new Set(ids)], { from, until, limit }),
  ]);
  return jobs.map(({ schedule, timeZone, ...job }) => ({
    ...job,
    scheduleWords: describe({ schedule, timeZone }),
    runs: runs?.get(job.id) ?? [],
  }));
}

function describe({ schedule, timeZone }: Pick<SummarisedJob, 'schedule' | 'timeZone'>): string | null {
  try {
    return describeSchedule(compileSchedule(schedule, timeZone), timeZone);
  } catch (error) {
    // A version of Belfry that was rolled back may have stored it.
    if (error instanceof InvalidScheduleError) return null;
    throw error;
  }
}
