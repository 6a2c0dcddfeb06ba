import { findDeclaredJob, forgetDeclaredJob } from '../db/declared-jobs.ts';
import type { Pool } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import type { DeleteJob } from './delete-job.ts';

type Deps = { pool: Pool; deleteJob: DeleteJob };

export type RetractJob = (name: string, by?: By) => Promise<void>;

/**
 * Softly deletes the job with this name, and then removes the name. It succeeds if there is no such job. The name is
 * removed last, so that a repeated request after a crash still finds the job.
 */
export function makeRetractJob({ pool, deleteJob }: Deps): RetractJob {
  return async (name, by) => {
    const declared = await findDeclaredJob(pool, name);
    if (declared === undefined) return;
    try {
      await deleteJob(declared.id, { by });
    } catch (error) {
      if (!(error instanceof JobNotFoundError)) throw error;
    }
    await forgetDeclaredJob(pool, name, declared.id);
  };
}
