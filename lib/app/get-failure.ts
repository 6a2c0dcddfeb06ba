import { findFailureGroup, listFailedJobs } from '../db/failure-groups.ts';
import type { Queryable } from '../db/pool.ts';
import { FailureGroupNotFoundError } from '../domain/errors.ts';
import type { FailedJob, FailureGroup } from '../domain/failure-group.ts';

/** A group of failures with the first of its jobs. */
export type FailureDetails = FailureGroup & { failedJobs: readonly FailedJob[] };

/** @throws FailureGroupNotFoundError */
export async function getFailure(db: Queryable, id: number, now: Date): Promise<FailureDetails> {
  const group = await findFailureGroup(db, id, now);
  if (group === undefined) throw new FailureGroupNotFoundError(id);
  return { ...group, failedJobs: await listFailedJobs(db, id) };
}
