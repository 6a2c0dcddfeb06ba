import { lockDueChecks, putOffChecks } from '../db/finished-jobs.ts';
import { markJobsDeleted } from '../db/job-states.ts';
import type { Pool } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { By } from '../domain/audit-log.ts';
import { decideFate } from '../domain/finished-job.ts';

const JOBS_PER_BATCH = 500;
/** The maximum number of batches in one tick. */
const MAX_BATCHES = 10;

const BY_RULE: By = { actor: { type: 'BELFRY', name: 'deleteFinishedAfterDays' } };

/**
 * Deletes jobs that do not recur, some days after their last run. Returns the number of deleted jobs. It works in bounded
 * batches, each a transaction; the next tick continues.
 */
export function makeDeleteFinishedJobs({ pool }: { pool: Pool }): (now: Date) => Promise<number> {
  const deleteBatch = (now: Date) =>
    inTransaction(
      pool,
      async (tx) => {
        const jobs = await lockDueChecks(tx, now, JOBS_PER_BATCH);
        const ended: number[] = [];
        const later: { id: number; checkAt: Date }[] = [];
        for (const { deleteAfterDays, ...job } of jobs) {
          if (deleteAfterDays === null) continue;
          const fate = decideFate({ ...job, deleteAfterDays }, now.getTime());
          if (fate.kind === 'delete') ended.push(job.id);
          else later.push({ id: job.id, checkAt: new Date(fate.atMs) });
        }
        await putOffChecks(tx, later);
        await markJobsDeleted(tx, ended, now);
        return { seen: jobs.length, deleted: ended.length };
      },
      { by: BY_RULE },
    );

  return async (now) => {
    let total = 0;
    for (let batch = 1; batch <= MAX_BATCHES; batch += 1) {
      const { seen, deleted } = await deleteBatch(now);
      total += deleted;
      if (seen < JOBS_PER_BATCH) break;
    }
    return total;
  };
}
