import type { Queryable } from '../db/pool.ts';
import type { Operation, OperationFailure, Progress } from '../domain/operation.ts';

export type ActionResult = {
  /** The number of jobs that were changed. */
  done: number;
  failures: readonly OperationFailure[];
  /** Called after the commit of the batch. */
  afterCommit?: () => Promise<void>;
};

/** Acts on the jobs of a batch, in the transaction of the batch. */
export type ActOn = (
  tx: Queryable,
  operation: Operation & Progress,
  ids: readonly number[],
  now: Date,
) => Promise<ActionResult>;
