import { drawJobIds, insertJobsWithExecutions, type StoredJobs } from '../db/jobs.ts';
import type { Queryable } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import type { NewJob } from '../domain/job.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import { hasClearSecrets, sealHeaders } from './seal-headers.ts';

export type PlannedJob = NewJob & { nextExecutionTime: Date | null };

/**
 * Stores jobs with encrypted secrets, schedules and first executions. Returns the jobs in the order of the argument.
 */
export type StoreJobs = (
  db: Queryable,
  jobs: readonly (PlannedJob & { occurrences?: readonly Date[] })[],
  now: Date,
  /** The maker of the change, for the audit log. Undefined in a transaction that has told it. */
  by?: By,
) => Promise<StoredJobs>;

/**
 * Returns the function that stores these jobs. Call it before a transaction begins, so that the transaction does not
 * wait for Secrets Manager. Jobs without secrets need no key and take one statement.
 *
 * @throws UnavailableError when there are secrets and the keys are unavailable.
 */
export async function prepareToStore(dataKeys: DataKeys, jobs: readonly NewJob[]): Promise<StoreJobs> {
  if (!jobs.some(hasClearSecrets)) return insertJobsWithExecutions;
  const ring = await dataKeys.get();
  return async (db, planned, now, by) => {
    // All ids are drawn in advance, so that the jobs keep their order.
    const ids = await drawJobIds(db, planned.length);
    const sealed = planned.map((job, place) => {
      const id = ids[place];
      if (id === undefined)
        throw new Error(`${planned.length} ids were requested, but ${ids.length} were returned`);
      const known = { ...job, id };
      return { ...known, headers: sealHeaders(ring, known) };
    });
    return insertJobsWithExecutions(db, sealed, now, by);
  };
}
