import { BatchError, InvalidScheduleError, type FieldError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Job, NewJob } from '../domain/job.ts';
import type { Pool } from '../db/pool.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { prepareToStore } from './store-jobs.ts';

type Deps = { pool: Pool; clock: Clock; dataKeys: DataKeys; dispatchSoon: DispatchSoon };

/** @throws InvalidScheduleError; UnavailableError when its secrets cannot be sealed. */
export function makeCreateJob({ pool, clock, dataKeys, dispatchSoon }: Deps): (job: NewJob) => Promise<Job> {
  return async (job) => {
    const nowMs = clock.nowMs();
    const planned = { ...job, nextExecutionTime: firstExecutionTime(job, nowMs) };
    const store = await prepareToStore(dataKeys, [planned]);
    const [created] = await store(pool, [planned], new Date(nowMs));
    if (created === undefined) throw new Error('a job was stored and did not come back');
    await dispatchSoon([created]);
    return created;
  };
}

/**
 * Creates all of the jobs or none, in the order given.
 *
 * @throws BatchError with the index of each job whose schedule is wrong; UnavailableError.
 */
export function makeCreateJobs({
  pool,
  clock,
  dataKeys,
  dispatchSoon,
}: Deps): (jobs: NewJob[]) => Promise<Job[]> {
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
    const store = await prepareToStore(dataKeys, planned);
    const created = await store(pool, planned, new Date(nowMs));
    await dispatchSoon(created);
    return created;
  };
}
