import { findDeclaredJob, lockDeclaredName, putDeclaredJob, type DeclaredJob } from '../db/declared-jobs.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import type { Job, NewJob } from '../domain/job.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import type { ChangeJob } from './change-job.ts';
import type { DispatchSoon } from './dispatch-soon.ts';
import { hadPassedInstant } from './passed-instant.ts';
import { firstExecutionTime } from '../domain/first-execution-time.ts';
import { prepareToStore } from './store-jobs.ts';

/** The number of times to try. Each further try means that another caller has deleted the job. */
const MAX_TRIES = 5;

type Deps = {
  pool: Pool;
  clock: Clock;
  dataKeys: DataKeys;
  dispatchSoon: DispatchSoon;
  changeJob: ChangeJob;
};
type Standing = { kind: 'made'; job: Job } | { kind: 'known'; id: number };

export type DeclareJob = (name: string, job: NewJob, by?: By) => Promise<Job>;

/**
 * Makes the job with this name equal to the declaration, in every field. It creates the job if the name is new or its
 * job was deleted, and changes the job otherwise. So a declaration may be repeated. A declaration with the same
 * schedule keeps the next execution time and the executions that were dispatched ahead.
 *
 * A one-time instant in the past is an error if the name is new, as in the API, or if the job never had this instant.
 * It is not an error if the job has this instant, or had it and ran: a later deploy changes something else, or
 * CloudFormation rolls the stack back, which must not fail. The job then has no next execution.
 *
 * @throws ValidationError, InvalidScheduleError, UnavailableError
 */
export function makeDeclareJob({ pool, clock, dataKeys, dispatchSoon, changeJob }: Deps): DeclareJob {
  /**
   * Finds or creates the job. When two calls run at the same time, the second waits for the first and finds its job.
   */
  const findOrMake = async (name: string, job: NewJob, by?: By): Promise<Standing> => {
    const store = await prepareToStore(dataKeys, [job]);
    return inTransaction(
      pool,
      async (tx) => {
        await lockDeclaredName(tx, name);
        const before = await findDeclaredJob(tx, name);
        if (before !== undefined && !before.isDeleted) return { kind: 'known', id: before.id };
        const now = new Date(clock.nowMs());
        const nextExecutionTime = await firstTime(tx, before, job, now);
        const { jobs } = await store(tx, [{ ...job, nextExecutionTime }], now);
        const [made] = jobs;
        if (made === undefined) throw new Error('a job was stored and did not come back');
        await putDeclaredJob(tx, name, made.id, now);
        return { kind: 'made', job: made };
      },
      { by },
    );
  };

  return async (name, job, by) => {
    for (let tries = 1; ; tries += 1) {
      const standing = await findOrMake(name, job, by);
      if (standing.kind === 'made') {
        await dispatchSoon([standing.job]);
        return standing.job;
      }
      try {
        return await changeJob(standing.id, job, { mayHavePassed: true, by });
      } catch (error) {
        if (!(error instanceof JobNotFoundError) || tries === MAX_TRIES) throw error;
      }
    }
  };
}

async function firstTime(
  tx: Queryable,
  before: DeclaredJob | undefined,
  job: NewJob,
  now: Date,
): Promise<Date | null> {
  if (before !== undefined && (await hadPassedInstant(tx, before, job, now))) return null;
  return firstExecutionTime(job, now.getTime());
}
