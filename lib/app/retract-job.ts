import { findDeclaredJob, forgetDeclaredJob } from '../db/declared-jobs.ts';
import type { Pool } from '../db/pool.ts';
import { JobNotFoundError } from '../domain/errors.ts';

type Deps = { pool: Pool; deleteJob: (id: number) => Promise<void> };

export type RetractJob = (name: string) => Promise<void>;

/**
 * Softly deletes the job with this name, and then removes the name. It succeeds if there is no such job. The name is
 * removed last, so that a repeated request after a crash still finds the job.
 */
export function makeRetractJob({ pool, deleteJob }: Deps): RetractJob {
  return async (name) => {
    const declared = await findDeclaredJob(pool, name);
    if (declared === undefined) return;
    try {
      await deleteJob(declared.id);
    } catch (error) {
      if (!(error instanceof JobNotFoundError)) throw error;
    }
    await forgetDeclaredJob(pool, name, declared.id);
  };
}
