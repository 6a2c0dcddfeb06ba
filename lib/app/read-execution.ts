import { listAttempts } from '../db/attempts.ts';
import { findExecutionRecord } from '../db/find-execution-record.ts';
import type { Pool } from '../db/pool.ts';
import type { Attempt } from '../domain/attempt.ts';
import { ExecutionNotFoundError } from '../domain/errors.ts';
import { completeAttempts, type ExecutionRecord } from '../domain/execution-record.ts';

/** More than an execution can have: a job has at most 100 retries. It bounds the answer in any case. */
const MAX_ATTEMPTS = 250;

export type ReadExecution = { execution: ExecutionRecord; attempts: readonly Attempt[] };

/**
 * Reads an execution with its attempts. The attempts are read last, so that they include every one that the execution counts.
 *
 * @throws ExecutionNotFoundError when it never existed, or when its retention is over.
 */
export async function getExecution(pool: Pool, id: number): Promise<ReadExecution> {
  const execution = await findExecutionRecord(pool, id);
  if (execution === undefined) throw new ExecutionNotFoundError(id);
  return {
    execution,
    attempts: completeAttempts(execution, await listAttempts(pool, id, MAX_ATTEMPTS)),
  };
}
