import { listJobsToPause, takePause } from '../../db/failing-jobs.ts';
import { deleteSchedules, lockSchedule } from '../../db/job-schedules.ts';
import { lockJob, updateJob } from '../../db/jobs.ts';
import type { Pool } from '../../db/pool.ts';
import { cancelScheduled } from '../../db/take-back-executions.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { By } from '../../domain/audit-log.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import { keepsItsRun } from '../change-job.ts';
import { removeTakenBack } from '../remove-taken-back.ts';
import { writeDue } from '../write-due.ts';

/** Jobs that one call pauses. The next tick continues. */
const MAX_JOBS = 500;

const BY_RULE: By = { actor: { type: 'BELFRY', name: 'pauseAfterFailures' } };

export type PauseFailingJobs = () => Promise<number>;

/**
 * Pauses jobs that failed `pauseAfterFailures` times in a row, as `isActive: false` in a PATCH does. The mark is taken under the
 * lock of the job: a job that was resumed in the meantime is not paused. Returns the number of paused jobs.
 *
 * @throws UnavailableError
 */
export function makePauseFailingJobs(deps: {
  pool: Pool;
  queue: Queue;
  clock: Clock;
  logger: Logger;
}): PauseFailingJobs {
  const { pool, queue, clock, logger } = deps;

  /** Returns the executions that were cancelled; undefined if the job was not paused. */
  const pause = (id: number): Promise<number[] | undefined> =>
    inTransaction(
      pool,
      async (tx) => {
        const now = new Date(clock.nowMs());
        const job = await lockJob(tx, id);
        if (job === undefined || !(await takePause(tx, id, job.isActive, now)) || !job.isActive)
          return undefined;
        const planned = (await lockSchedule(tx, id)) ?? null;
        const paused = { ...job, isActive: false };
        const next = await writeDue(tx, job, planned, now);
        const hasRun = next === null && (await keepsItsRun(tx, job, paused, now));
        await updateJob(tx, id, { ...paused, hasRun }, now);
        const cancelled = await cancelScheduled(tx, id, 'JOB_PAUSED', now);
        await deleteSchedules(tx, [id]);
        return cancelled;
      },
      { by: BY_RULE },
    );

  return async () => {
    const ids = await listJobsToPause(pool, MAX_JOBS);
    let total = 0;
    for (const id of ids) {
      const cancelled = await pause(id);
      if (cancelled === undefined) continue;
      total += 1;
      logger.warn('job_paused', { jobId: id, reason: 'pauseAfterFailures' });
      await removeTakenBack({ queue, logger }, cancelled);
    }
    return total;
  };
}
