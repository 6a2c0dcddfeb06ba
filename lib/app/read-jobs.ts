import { JobNotFoundError, ScheduleNotFoundError } from '../domain/errors.ts';
import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import type { Job, JobSchedule } from '../domain/job.ts';
import { type ExecutionPage, listHistory, listUpcoming } from '../db/execution-history.ts';
import { findSchedule } from '../db/job-schedules.ts';
import { findJob, jobWasCreated } from '../db/jobs.ts';
import type { Listed } from '../db/list-jobs.ts';
import type { Pool } from '../db/pool.ts';

/**
 * The history includes executions this far ahead: a claim comes slightly before the execution time, and clocks differ.
 */
const BEGUN_AHEAD_MS = 1_000;

export async function getJob(pool: Pool, id: number, now: Date): Promise<Job> {
  const job = await findJob(pool, id, now);
  if (job === undefined) throw new JobNotFoundError(id);
  return job;
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
 * Lists the history of a job, which may be deleted. An execution that was cancelled before its execution time appears
 * once that time has passed, or at once if the page asks for its status.
 *
 * @throws JobNotFoundError when the job never existed.
 */
export async function getHistory(
  pool: Pool,
  jobId: number,
  page: ExecutionPage & { status?: ExecutionStatus | undefined },
  now: Date,
): Promise<Listed<JobExecution>> {
  const until = new Date(now.getTime() + BEGUN_AHEAD_MS);
  return ofKnownJob(pool, jobId, await listHistory(pool, jobId, { ...page, until }));
}

/**
 * Lists the executions of a job that were dispatched ahead or are late.
 *
 * @throws JobNotFoundError when the job never existed.
 */
export async function getUpcoming(
  pool: Pool,
  jobId: number,
  page: ExecutionPage,
): Promise<Listed<JobExecution>> {
  return ofKnownJob(pool, jobId, await listUpcoming(pool, jobId, page));
}

async function ofKnownJob<T extends { total: number }>(pool: Pool, jobId: number, listed: T): Promise<T> {
  if (listed.total === 0 && !(await jobWasCreated(pool, jobId))) throw new JobNotFoundError(jobId);
  return listed;
}
