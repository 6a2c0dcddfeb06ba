import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { RunWorker } from '../../lib/app/worker/run-worker.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import { isWakeUp } from '../../lib/sqs/wake-up.ts';

export type WorkerDeps = {
  runWorker: RunWorker;
  clock: CheckedClock;
  logger: FunctionLogger;
  /** Aborted when the environment is to end. */
  signal: AbortSignal;
};

/**
 * The worker function. One run serves all the wake-ups of a batch: they say that there is work, not which. A message
 * that is no wake-up fails by itself and ends in the dead-letter queue; when the run fails, or PostgreSQL cannot be asked
 * for the time, every wake-up comes back.
 */
export function makeHandler({ runWorker, clock, logger, signal }: WorkerDeps) {
  return async (
    event: SQSEvent,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    logger.startInvocation(context.awsRequestId);
    const wakeUps = event.Records.filter((record) => isWakeUp(record.body));
    const unknown = event.Records.filter((record) => !wakeUps.includes(record));
    if (unknown.length > 0)
      logger.error('not_a_wake_up', { messageIds: unknown.map((record) => record.messageId) });
    const failed = [...unknown];
    if (wakeUps.length > 0) {
      try {
        // PostgreSQL has to be there anyway; and what is not yet due by its time must not leave.
        await clock.check();
        const deadlineMs = clock.nowMs() + context.getRemainingTimeInMillis();
        const report = await runWorker({ deadlineMs, signal });
        logger.info('worker_run', { wakeUps: wakeUps.length, ...report });
      } catch {
        // Logged where it happened; the wake-ups come back once they are visible again.
        failed.push(...wakeUps);
      }
    }
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  };
}
