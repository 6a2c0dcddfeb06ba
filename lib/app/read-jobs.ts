import { readJobStats } from '../db/job-stats.ts';
import type { JobStats } from '../domain/job-stats.ts';
import { JobNotFoundError, ScheduleNotFoundError } from '../domain/errors.ts';
import type { ExecutionStatus } from '../domain/execution.ts';
import type { Job, JobSchedule } from '../domain/job.ts';
import type { Page } from '../domain/page.ts';
import {
  countHistory,
  type ExecutionPage,
  listHistory,
  type PlacedExecution,
} from '../db/execution-history.ts';
import { findJobByKey } from '../db/job-keys.ts';
import { findSchedule } from '../db/job-schedules.ts';
import { findJob, jobWasCreated } from '../db/jobs.ts';
import type { Pool } from '../db/pool.ts';

/**
 * The history includes executions this far ahead: a claim comes slightly before the execution time, and clocks differ.
 */
export const BEGUN_AHEAD_MS = 1_000;

export async function getJob(pool: Pool, id: number, now: Date): Promise<Job> {
  const job = await findJob(pool, id, now);
  if (job === undefined) throw new JobNotFoundError(id);
  return job;
}

/** Returns the id of the live job with this key. @throws JobNotFoundError */
export async function getJobId(pool: Pool, key: string): Promise<number> {
  const known = await findJobByKey(pool, key);
  if (known === undefined || known.isDeleted) throw new JobNotFoundError({ key });
  return known.id;
}

/** @throws JobNotFoundError; ScheduleNotFoundError when the job has no next execution. */
export async function getSchedule(pool: Pool, jobId: number, now: Date): Promise<JobSchedule> {
  const schedule = await findSchedule(pool, jobId, now);
  if (schedule === undefined) throw new JobNotFoundError(jobId);
  const { nextExecutionTime } = schedule;
  if (nextExecutionTime === null) throw new ScheduleNotFoundError(jobId);
  return { ...schedule, nextExecutionTime };
}

/**
 * Sums up the latest executions of a job, which may be deleted.
 *
 * @throws JobNotFoundError when the job never existed.
 */
export async function getJobStats(
  pool: Pool,
  jobId: number,
  span: { from: Date; until: Date },
): Promise<JobStats> {
  if (!(await jobWasCreated(pool, jobId))) throw new JobNotFoundError(jobId);
  return readJobStats(pool, jobId, span);
}

type Asked = ExecutionPage & { withTotal: boolean };

/**
 * Lists the history of a job, which may be deleted. An execution that was cancelled before its execution time appears
 * once that time has passed, or at once if the page asks for its status.
 *
 * @throws JobNotFoundError when the job never existed.
 */
export async function getHistory(
  pool: Pool,
  jobId: number,
  { withTotal, ...page }: Asked & { status?: ExecutionStatus | undefined },
  now: Date,
): Promise<Page<PlacedExecution>> {
  const until = new Date(now.getTime() + BEGUN_AHEAD_MS);
  const [listed, total] = await Promise.all([
    listHistory(pool, jobId, { ...page, until }),
    withTotal ? countHistory(pool, jobId, { status: page.status, until }) : undefined,
  ]);
  return ofKnownJob(pool, jobId, { ...listed, total });
}

async function ofKnownJob<T>(pool: Pool, jobId: number, page: Page<T>): Promise<Page<T>> {
  if (page.items.length === 0 && !(await jobWasCreated(pool, jobId))) throw new JobNotFoundError(jobId);
  return page;
}
