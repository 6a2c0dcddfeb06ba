import { findExecution } from '../db/find-execution.ts';
import { lockToRepeat } from '../db/open-repetitions.ts';
import type { Pool } from '../db/pool.ts';
import { insertUnscheduled, type StoredUnscheduled } from '../db/unscheduled-executions.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { ExecutionNotFoundError, ExecutionNotRetryableError } from '../domain/errors.ts';
import type { JobExecution } from '../domain/execution.ts';
import { audited } from './audited.ts';
import type { KeepAnswer } from './claim-request.ts';
import type { DeliverUnscheduled } from './deliver-unscheduled.ts';
import { repeatOf } from './repeat-of.ts';

/**
 * @param options.force repeats also an execution that succeeded, or that is being repeated.
 * @param options.by the caller, for the audit log.
 */
export type RetryExecution = (
  id: number,
  options: { force: boolean; by?: By | undefined },
  keepAnswer?: KeepAnswer<JobExecution>,
) => Promise<JobExecution>;

/**
 * Repeats an execution that has failed or was cancelled by a new execution. The old one stays as it is. Several calls at once make
 * one new execution.
 *
 * @throws ExecutionNotFoundError; ExecutionNotRetryableError when it has not ended, has succeeded, was skipped, is being repeated, or
 * its job is deleted.
 */
export function makeRetryExecution(deps: {
  pool: Pool;
  clock: Clock;
  deliverUnscheduled: DeliverUnscheduled;
}): RetryExecution {
  const { pool, clock, deliverUnscheduled } = deps;
  return async (id, { force, by }, keepAnswer) => {
    const execution = await findExecution(pool, id);
    if (execution === undefined) throw new ExecutionNotFoundError(id);
    const { jobId, status, ownBody: body } = execution;
    switch (status) {
      case 'SCHEDULED':
      case 'RUNNING':
      case 'RETRYING':
        throw new ExecutionNotRetryableError(
          `execution ${id} is ${status}, and has not ended; wait for its end, or cancel it first`,
        );
      case 'SUCCESS':
        if (force) break;
        throw new ExecutionNotRetryableError(
          `execution ${id} has succeeded; send {"force": true} to repeat it even so`,
        );
      case 'SKIPPED':
        throw new ExecutionNotRetryableError(
          `execution ${id} stands for occurrences that were skipped, and sent no request that could be repeated; run the job with POST /api/v1/jobs/${jobId}/run`,
        );
      case 'FAILED':
      case 'CANCELLED':
        break;
    }
    const repeated = repeatOf({ ...execution, body });
    const now = new Date(clock.nowMs());
    const stored = await audited<StoredUnscheduled | undefined>(
      pool,
      {
        by,
        now,
        keepAnswer,
        entryOf: ({ id: executionId }) => ({
          action: 'EXECUTION_RETRIED',
          subject: 'job',
          subjectId: jobId,
          after: { executionId, originId: id },
        }),
      },
      async (tx) => {
        const repetitionId = force ? undefined : (await lockToRepeat(tx, [execution])).get(id);
        if (repetitionId !== undefined) {
          throw new ExecutionNotRetryableError(
            `execution ${id} is being repeated by execution ${repetitionId}; wait for its end, or send {"force": true} for another repetition`,
            { executionId: repetitionId },
          );
        }
        return (await insertUnscheduled(tx, [repeated], now))[0];
      },
    );
    if (stored === undefined) {
      throw new ExecutionNotRetryableError(
        `execution ${id} cannot be repeated, because job ${jobId} is deleted`,
      );
    }
    await deliverUnscheduled([stored]);
    return stored;
  };
}
