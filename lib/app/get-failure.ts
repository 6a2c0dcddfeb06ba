import { findFailureGroup, listFailedJobs } from '../db/failure-groups.ts';
import type { Queryable } from '../db/pool.ts';
import { FailureGroupNotFoundError } from '../domain/errors.ts';
import { FAILED_JOBS_SHOWN, type FailedJob, type FailureGroup } from '../domain/failure-group.ts';

/** A group of failures with the first of its jobs. */
export type FailureDetails = FailureGroup & { failedJobs: readonly FailedJob[] };

/** @throws FailureGroupNotFoundError */
export async function getFailure(db: Queryable, id: number, now: Date): Promise<FailureDetails> {
  const group = await findFailureGroup(db, id, now);
  if (group === undefined) throw new FailureGroupNotFoundError(id);
  const { items } = await listFailedJobs(db, id, { limit: FAILED_JOBS_SHOWN, afterId: 0 });
  return { ...group, failedJobs: items };
}

/**
 * Lists the jobs of a group of failures, in the order of their ids.
 *
 * @throws FailureGroupNotFoundError
 */
export async function getFailedJobs(
  db: Queryable,
  id: number,
  page: { limit: number; afterId: number },
  now: Date,
): Promise<{ items: FailedJob[]; hasMore: boolean }> {
  if ((await findFailureGroup(db, id, now)) === undefined) throw new FailureGroupNotFoundError(id);
  return listFailedJobs(db, id, page);
}
