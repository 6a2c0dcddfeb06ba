import { JobNotFoundError, ScheduleNotFoundError } from '../domain/errors.ts';
import type { ExecutionStatus, JobExecution } from '../domain/execution.ts';
import type { Job, JobSchedule } from '../domain/job.ts';
import { listExecutions } from '../db/execution-history.ts';
import { findSchedule } from '../db/job-schedules.ts';
import { findJob, jobWasCreated } from '../db/jobs.ts';
import type { Pool } from '../db/pool.ts';

export async function getJob(pool: Pool, id: number, now: Date): Promise<Job> {
  const job = await findJob(pool, id, now);
  if (job === undefined) throw new JobNotFoundError(id);
  return job;
}

/** @throws JobNotFoundError; ScheduleNotFoundError when the job has nothing to come. */
export async function getSchedule(pool: Pool, jobId: number, now: Date): Promise<JobSchedule> {
  const schedule = await findSchedule(pool, jobId, now);
  if (schedule === undefined) throw new JobNotFoundError(jobId);
  const { nextExecutionTime } = schedule;
  if (nextExecutionTime === null) throw new ScheduleNotFoundError(jobId);
  return { ...schedule, nextExecutionTime };
}

/** The history of a job, a deleted one's too. @throws JobNotFoundError when there never was such a job. */
export async function getHistory(
  pool: Pool,
  jobId: number,
  page: { limit: number; offset: number; status?: ExecutionStatus | undefined },
): Promise<{ items: JobExecution[]; total: number }> {
  const history = await listExecutions(pool, jobId, page);
  if (history.total === 0 && !(await jobWasCreated(pool, jobId))) throw new JobNotFoundError(jobId);
  return history;
}
