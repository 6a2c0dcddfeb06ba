import { BatchError, InvalidScheduleError, type FieldError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Job, NewJob } from '../domain/job.ts';
import { insertJobs } from '../db/jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { firstExecutionTime } from './plan-job.ts';

type Deps = { pool: Pool; clock: Clock; dispatchSoon: DispatchSoon };

/** @throws InvalidScheduleError */
export function makeCreateJob({ pool, clock, dispatchSoon }: Deps): (job: NewJob) => Promise<Job> {
  return async (job) => {
    const nowMs = clock.nowMs();
    const planned = { ...job, nextExecutionTime: firstExecutionTime(job, nowMs) };
    const created = await storeJob(pool, planned, new Date(nowMs));
    await dispatchSoon([created]);
    return created;
  };
}

/** Stores a job with the start of its schedule. It is to be dispatched once it is committed. */
export async function storeJob(
  db: Queryable,
  planned: NewJob & { nextExecutionTime: Date | null },
  now: Date,
): Promise<Job> {
  const [created] = await insertJobs(db, [planned], now);
  if (created === undefined) throw new Error('a job was stored and did not come back');
  return created;
}

/**
 * Creates all of the jobs or none, in the order given.
 *
 * @throws BatchError with the index of each job whose schedule is wrong.
 */
export function makeCreateJobs({ pool, clock, dispatchSoon }: Deps): (jobs: NewJob[]) => Promise<Job[]> {
  return async (jobs) => {
    const nowMs = clock.nowMs();
    const errors: FieldError[] = [];
    const planned = jobs.map((job, index) => {
      try {
        return { ...job, nextExecutionTime: firstExecutionTime(job, nowMs) };
      } catch (error) {
        if (!(error instanceof InvalidScheduleError)) throw error;
        errors.push(...error.errors.map((fieldError) => ({ ...fieldError, index })));
        return { ...job, nextExecutionTime: null };
      }
    });
    if (errors.length > 0) throw new BatchError('INVALID_SCHEDULE', errors);
    const created = await insertJobs(pool, planned, new Date(nowMs));
    await dispatchSoon(created);
    return created;
  };
}
