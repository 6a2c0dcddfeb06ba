import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import { checkMatch, type Match } from '../domain/precondition.ts';
import { deleteSchedules, lockSchedule } from '../db/job-schedules.ts';
import { findJobByKey } from '../db/job-keys.ts';
import { lockJob, markJobDeleted } from '../db/jobs.ts';
import type { Pool } from '../db/pool.ts';
import { cancelOpen } from '../db/take-back-executions.ts';
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
        const job = await lockJob(tx, id);
        if (job === undefined) throw new JobNotFoundError(id);
        checkMatch(ifMatch, job);
        await writeDue(tx, job, (await lockSchedule(tx, id)) ?? null, now);
        await markJobDeleted(tx, id, now);
        await deleteSchedules(tx, [id]);
        return cancelOpen(tx, id, 'JOB_DELETED', now);
      },
      { by },
    );
    await removeTakenBack({ queue, logger }, takenBack);
  };
}

export type DeleteJobByKey = (key: string, options?: Parameters<DeleteJob>[1]) => Promise<void>;

/** Deletes the job with this key. @throws JobNotFoundError, PreconditionFailedError */
export function makeDeleteJobByKey({
  pool,
  deleteJob,
}: {
  pool: Pool;
  deleteJob: DeleteJob;
}): DeleteJobByKey {
  return async (key, options) => {
    const known = await findJobByKey(pool, key);
    if (known === undefined || known.isDeleted) throw new JobNotFoundError({ key });
    await deleteJob(known.id, options);
  };
}
