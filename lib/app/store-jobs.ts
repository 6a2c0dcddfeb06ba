import { drawJobIds, insertJobs } from '../db/jobs.ts';
import type { Queryable } from '../db/pool.ts';
import type { Job, NewJob } from '../domain/job.ts';
import type { DataKeys } from '../secrets/data-keys.ts';
import { hasClearSecrets, sealHeaders } from './seal-headers.ts';

export type PlannedJob = NewJob & { nextExecutionTime: Date | null };

/** Stores jobs with the start of their schedules, secrets sealed; returns them in the order given. */
export type StoreJobs = (db: Queryable, jobs: readonly PlannedJob[], now: Date) => Promise<Job[]>;

/**
 * What stores these jobs. It is to be had before a transaction, in which nobody is to wait for Secrets Manager; without
 * secrets nobody is asked at all, and the jobs take one statement.
 *
 * @throws UnavailableError when there are secrets and no keys to be had.
 */
export async function prepareToStore(dataKeys: DataKeys, jobs: readonly NewJob[]): Promise<StoreJobs> {
  if (!jobs.some(hasClearSecrets)) return insertJobs;
  const ring = await dataKeys.get();
  return async (db, planned, now) => {
    // Drawn for all of them, so that they keep their order.
    const ids = await drawJobIds(db, planned.length);
    const sealed = planned.map((job, place) => {
      const id = ids[place];
      if (id === undefined) throw new Error(`${planned.length} ids were asked for and ${ids.length} came`);
      const known = { ...job, id };
      return { ...known, headers: sealHeaders(ring, known) };
    });
    return insertJobs(db, sealed, now);
  };
}
