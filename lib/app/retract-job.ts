import { findDeclaredJob, forgetDeclaredJob } from '../db/declared-jobs.ts';
import type { Pool } from '../db/pool.ts';
import { JobNotFoundError } from '../domain/errors.ts';

type Deps = { pool: Pool; deleteJob: (id: number) => Promise<void> };

export type RetractJob = (name: string) => Promise<void>;

/**
 * Deletes the job that the name stands for, softly, and forgets the name. That there is none is success. The name goes
 * last: after a crash in between, the repeated request still knows whose it was.
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
