import { cancelExecutions } from '../db/cancel-executions.ts';
import { findExecution } from '../db/find-execution.ts';
import type { Pool, Queryable } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { ExecutionEndedError, ExecutionNotFoundError } from '../domain/errors.ts';
import type { JobExecution } from '../domain/execution.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Queue } from '../redis/queue.ts';
import { audited } from './audited.ts';
import type { KeepAnswer } from './claim-request.ts';
import { removeTakenBack } from './remove-taken-back.ts';

/** @param options.by the caller, for the audit log. */
export type CancelExecution = (
  id: number,
  options?: { by?: By | undefined },
  keepAnswer?: KeepAnswer<JobExecution>,
) => Promise<JobExecution>;

/**
 * Cancels an execution. A waiting one is CANCELLED at once. For a running one, the worker that holds it learns through Redis
 * that it must close the connection, within a second or two; the target may continue. If the worker never learns about it, the attempt ends
 * by itself. In both cases no retry follows. A repeated call changes nothing.
 *
 * @throws ExecutionNotFoundError; ExecutionEndedError when it has succeeded or failed, or was skipped.
 */
export function makeCancelExecution(deps: {
  pool: Pool;
  queue: Queue;
  clock: Clock;
  logger: Logger;
}): CancelExecution {
  const { pool, queue, clock, logger } = deps;

  const tellWorker = async (id: number): Promise<void> => {
    try {
      await queue.requestCancel([id], { nowMs: clock.nowMs() });
    } catch (error) {
      // PostgreSQL has the mark, which ends the retries.
      logger.warn('cancel_not_told', { executionId: id, error: errorField(error) });
    }
  };

  return async (id, { by } = {}, keepAnswer) => {
    const found = await findExecution(pool, id);
    if (found === undefined) throw new ExecutionNotFoundError(id);
    const now = new Date(clock.nowMs());
    let isNew = false;
    const cancel = async (db: Queryable): Promise<JobExecution> => {
      const [cancelled] = await cancelExecutions(db, [found], now);
      isNew = cancelled !== undefined;
      const execution = cancelled ?? (await findExecution(db, id)) ?? found;
      if (['SUCCESS', 'FAILED', 'SKIPPED'].includes(execution.status)) {
        throw new ExecutionEndedError(id, execution.status);
      }
      return execution;
    };
    const entryOf = () => ({
      action: 'EXECUTION_CANCELLED' as const,
      subject: 'job' as const,
      subjectId: found.jobId,
      after: { executionId: id },
    });
    const execution = await audited(
      pool,
      { by, now, keepAnswer, entryOf: () => (isNew ? entryOf() : undefined) },
      cancel,
    );
    if (execution.status === 'RUNNING') await tellWorker(id);
    else await removeTakenBack({ pool, queue, logger }, [id]);
    return execution;
  };
}
