import { findJobByKey } from '../db/job-keys.ts';
import type { Pool } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import { JobNotFoundError } from '../domain/errors.ts';
import { isOfStack, ownerOf } from '../domain/stack-owner.ts';
import type { DeleteJob } from './delete-job.ts';

type Deps = { pool: Pool; deleteJob: DeleteJob };

/** @param by the deployment that no longer declares the job. */
export type RetractJob = (key: string, by?: By) => Promise<void>;

/**
 * Softly deletes the job that a stack has declared with this key. It succeeds if there is no such job, and leaves a job alone
 * that another stack has taken over, or that no stack owns.
 */
export function makeRetractJob({ pool, deleteJob }: Deps): RetractJob {
  return async (key, by) => {
    const known = await findJobByKey(pool, key);
    if (known === undefined || known.isDeleted || !isOfStack(known.owner, ownerOf(by))) return;
    try {
      await deleteJob(known.id, { by });
    } catch (error) {
      if (!(error instanceof JobNotFoundError)) throw error;
    }
  };
}
