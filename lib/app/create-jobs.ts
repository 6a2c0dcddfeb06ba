import type { By } from '../domain/audit-log.ts';
import { InvalidScheduleError, ValidationError, type FieldError } from '../domain/errors.ts';
import type { Clock } from '../domain/clock.ts';
import type { Job, NewJob } from '../domain/job.ts';
import type { StoredJobs } from '../db/jobs.ts';
import type { Pool } from '../db/pool.ts';
import type { Logger } from '../logger.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { Deliver } from './deliver.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { startAttempts } from './part-attempts.ts';
import { type FirstSettings, planFirst } from './plan-first.ts';
import { hadPassedInstant } from './passed-instant.ts';
import { keepingAnswer } from './keeping-answer.ts';
import { reportTakenKeys } from './report-taken-keys.ts';
import { type PlannedJob, prepareToStore } from './store-jobs.ts';
import { toQueuedRequest } from './execution-payload.ts';

type Deps = {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  dataKeys: DataKeys;
  deliver: Deliver;
  dispatchSoon: DispatchSoon;
  settings: FirstSettings;
};

/**
 * @param before a deleted job that the new job replaces. A one-time instant in the past is then no error if that job had it.
 */
export type CreateJob = (
  job: NewJob,
  by?: By,
  keepAnswer?: KeepAnswer<Job>,
  before?: { id: number; schedule: string },
) => Promise<Job>;

/**
 * Creates one job.
 *
 * @throws InvalidScheduleError; JobKeyTakenError; UnavailableError when its secrets cannot be encrypted.
 */
export function makeCreateJob(deps: Deps): CreateJob {
  const store = makeStoreAndDispatch(deps);
  return async (job, by, keepAnswer, before) => {
    const nowMs = deps.clock.nowMs();
    const isOver = before !== undefined && (await hadPassedInstant(deps.pool, before, job, new Date(nowMs)));
    const planned = { ...job, nextExecutionTime: isOver ? null : firstExecutionTime(job, nowMs) };
    const [created] = await store([planned], nowMs, {
      by,
      keepAnswer:
        keepAnswer && (async (tx, [stored]) => (stored === undefined ? undefined : keepAnswer(tx, stored))),
    });
    if (created === undefined) throw new Error('a job was stored and did not come back');
    return created;
  };
}

/**
 * Creates all jobs or none. Returns them in the order of the argument.
 *
 * @throws ValidationError with the index of each job whose schedule is invalid; JobKeyTakenError; UnavailableError.
 */
export function makeCreateJobs(
  deps: Deps,
): (jobs: NewJob[], by?: By, keepAnswer?: KeepAnswer<Job[]>) => Promise<Job[]> {
  const store = makeStoreAndDispatch(deps);
  return async (jobs, by, keepAnswer) => {
    const nowMs = deps.clock.nowMs();
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
    if (errors.length > 0) throw new ValidationError(errors);
    return store(planned, nowMs, { by, keepAnswer, isBatch: true });
  };
}

/**
 * Stores jobs together with their executions within the look-ahead in one statement, so that no tick sees a job before
 * its first executions exist. Then it delivers the executions to the queue.
 */
function makeStoreAndDispatch({
  pool,
  clock,
  logger,
  dataKeys,
  deliver,
  dispatchSoon,
  settings,
}: Deps): (
  planned: readonly PlannedJob[],
  nowMs: number,
  options: { by: By | undefined; keepAnswer: KeepAnswer<Job[]>; isBatch?: boolean },
) => Promise<Job[]> {
  return async (planned, nowMs, { by, keepAnswer, isBatch = false }) => {
    const store = await prepareToStore(dataKeys, planned);
    // The keys may have taken seconds to arrive.
    const first = planFirst(planned, { ...settings, nowMs: clock.nowMs() });
    const { jobs, executions } = await reportTakenKeys(
      pool,
      planned.map(({ key }) => key),
      () =>
        keepingAnswer(pool, keepAnswer && ((tx, stored: StoredJobs) => keepAnswer(tx, stored.jobs)), (db) =>
          store(db, first, new Date(nowMs), by),
        ),
      { isBatch },
    );
    const delivery = { nowMs, planned: new Map<number, number>(), attempts: startAttempts(logger) };
    const requests = new Map(jobs.map((job) => [job.id, toQueuedRequest(job)]));
    await Promise.all([
      deliver({ executions, jobs: requests }, delivery),
      dispatchSoon(
        jobs.map(({ id, nextExecutionTime }, place) => {
          const scheduledAt = first[place]?.nextExecutionTime ?? null;
          return { id, nextExecutionTime, scheduledAt };
        }),
      ),
    ]);
    return jobs;
  };
}
