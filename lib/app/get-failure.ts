import { findFailureGroup } from '../db/failures.ts';
import type { Queryable } from '../db/pool.ts';
import { FailureGroupNotFoundError } from '../domain/errors.ts';
import type { FailureGroup } from '../domain/failure-group.ts';

/** @throws FailureGroupNotFoundError */
export async function getFailure(db: Queryable, id: number): Promise<FailureGroup> {
  const group = await findFailureGroup(db, id);
  if (group === undefined) throw new FailureGroupNotFoundError(id);
  return group;
}
