import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import { checkMatch, type Match } from '../domain/precondition.ts';
import { deleteSchedules, lockSchedules } from '../db/job-schedules.ts';
import { type JobState, lockJobs, markJobsDeleted } from '../db/job-states.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import { lockOpen, takeBack } from '../db/take-back-executions.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import { removeTakenBack } from './remove-taken-back.ts';
import { writeDue } from './write-due.ts';

type Deps = { pool: Pool; queue: Queue; clock: Clock; logger: Logger };

export type DeleteJob = (
  id: number,
  options?: {
    /** The maker of the change, for the audit log. */
    by?: By | undefined;
    /** The versions that may be deleted, as the caller has read them. */
    ifMatch?: Match | undefined;
  },
) => Promise<void>;

/**
 * Deletes a job softly: it is no longer listed and has no future executions, but its history stays. Executions that are
 * already due get one attempt.
 *
 * @throws JobNotFoundError, PreconditionFailedError
 */
export function makeDeleteJob({ pool, queue, clock, logger }: Deps): DeleteJob {
  return async (id, { by, ifMatch } = {}) => {
    const now = new Date(clock.nowMs());
    const takenBack = await inTransaction(
      pool,
      async (tx) => {
        const [job] = await lockJobs(tx, [id]);
        if (job === undefined) throw new JobNotFoundError(id);
        checkMatch(ifMatch, job);
        return deleteJobs(tx, [job], now);
      },
      { by },
    );
    await removeTakenBack({ pool, queue, logger }, takenBack);
  };
}

/**
 * Deletes locked jobs softly, in a fixed number of statements regardless of their number. Returns the cancelled
 * executions, which the queue may forget after the commit. Unscheduled executions that are not claimed yet keep one
 * attempt.
 */
export async function deleteJobs(tx: Queryable, jobs: readonly JobState[], now: Date): Promise<number[]> {
  if (jobs.length === 0) return [];
  const ids = jobs.map(({ id }) => id);
  const schedules = await lockSchedules(tx, ids);
  await writeDue(
    tx,
    jobs.map((job) => ({ job, next: schedules.get(job.id) ?? null })),
    now,
  );
  const open = await lockOpen(tx, ids);
  await markJobsDeleted(tx, ids, now);
  await deleteSchedules(tx, [...schedules.keys()]);
  return takeBack(tx, open, 'JOB_DELETED', { now });
}
