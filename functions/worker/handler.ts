import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { RunWorker } from '../../lib/app/worker/run-worker.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import { isWakeUp } from '../../lib/sqs/wake-up.ts';

export type WorkerDeps = {
  runWorker: RunWorker;
  clock: CheckedClock;
  logger: FunctionLogger;
  /** Aborted when the environment must end. */
  signal: AbortSignal;
};

/**
 * Makes the worker function. One run serves all wake-ups of a batch, because they say only that there is work. A message that
 * is not a wake-up fails alone and ends in the dead-letter queue. If the run fails, or PostgreSQL does not answer with its
 * time, SQS delivers every wake-up again.
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
        // The worker needs PostgreSQL anyway, and no request may be sent before it is due by PostgreSQL's time.
        await clock.check();
        const deadlineMs = clock.nowMs() + context.getRemainingTimeInMillis();
        const report = await runWorker({ deadlineMs, signal });
        logger.info('worker_run', { wakeUps: wakeUps.length, ...report });
      } catch {
        // The worker has logged the error. SQS delivers the wake-ups again after their visibility timeout.
        failed.push(...wakeUps);
      }
    }
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  };
}
