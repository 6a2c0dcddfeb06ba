import { listJobsToPause, takePauses } from '../../db/failing-jobs.ts';
import { type JobState, lockJobs } from '../../db/job-states.ts';
import type { Pool } from '../../db/pool.ts';
import { lockOpen, takeBack } from '../../db/take-back-executions.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { By } from '../../domain/audit-log.ts';
import type { Clock } from '../../domain/clock.ts';
import { isOfSchedule } from '../../domain/open-execution.ts';
import type { Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import { removeTakenBack } from '../remove-taken-back.ts';
import { setActive } from '../set-active.ts';

const JOBS_PER_BATCH = 100;
/** Batches of one call. The next tick continues. */
const MAX_BATCHES = 5;

const BY_RULE: By = { actor: { type: 'BELFRY', name: 'pauseAfterFailures' } };

export type PauseFailingJobs = () => Promise<number>;

/**
 * Pauses jobs that failed `pauseAfterFailures` times in a row, as `isActive: false` in a PATCH does, and also cancels due occurrences
 * that no worker has claimed: no claim gets them since the job has its mark. The mark is taken under the lock of the job: a job that
 * was resumed in the meantime is not paused. Returns the number of paused jobs.
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

  const pauseBatch = (ids: readonly number[]) =>
    inTransaction(
      pool,
      async (tx) => {
        const now = new Date(clock.nowMs());
        const jobs = await lockJobs(tx, ids);
        // The end of an execution holds its row before it waits for the mark, so the marks come after the executions here too.
        const open = await lockOpen(tx, ids);
        const marked = new Set(await takePauses(tx, jobs, now));
        const isMarked = ({ id }: JobState): boolean => marked.has(id);
        const active = jobs.filter((job) => job.isActive && isMarked(job));
        const { changed, takenBack } = await setActive(tx, active, false, { now, withdrawsDue: true });
        // A person was faster. Without the mark, workers would claim the occurrences that this pause has left.
        const paused = new Set(jobs.filter((job) => !job.isActive && isMarked(job)).map(({ id }) => id));
        const due = open.filter((execution) => isOfSchedule(execution) && paused.has(execution.jobId));
        return {
          changed,
          takenBack: [...takenBack, ...(await takeBack(tx, due, 'JOB_PAUSED', { now, withDue: true }))],
        };
      },
      { by: BY_RULE },
    );

  return async () => {
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const ids = await listJobsToPause(pool, JOBS_PER_BATCH);
      if (ids.length === 0) break;
      const { changed, takenBack } = await pauseBatch(ids);
      total += changed.length;
      for (const { id } of changed) logger.warn('job_paused', { jobId: id, reason: 'pauseAfterFailures' });
      await removeTakenBack({ pool, queue, logger }, takenBack);
    }
    return total;
  };
}
