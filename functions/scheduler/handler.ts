import type { Context } from 'aws-lambda';
import type { MeasureQueue } from '../../lib/app/measure-queue.ts';
import type { RunTick, TickReport } from '../../lib/app/run-tick.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import type { EmitMetrics, Measured } from '../../lib/metrics.ts';

/** Part of the function's timeout that is kept for the last batch. It is longer than a batch takes. */
const RESERVE_MS = 5_000;

export type SchedulerDeps = {
  runTick: RunTick;
  measureQueue: MeasureQueue;
  emitMetrics: EmitMetrics;
  clock: CheckedClock;
  logger: FunctionLogger;
};

/**
 * Makes the scheduler function, which runs one tick in each invocation. It ignores the event, so any trigger will do.
 *
 * It always measures the queue, even if the tick fails. It emits the other metrics, also the duration, only when the tick has
 * completed. Therefore, if the duration is missing for minutes, no tick completes, even if ticks start. A tick that had to
 * work without Redis, SQS or a new partition counts as completed and reports the failure in `TickFailedParts`.
 */
export function makeHandler({ runTick, measureQueue, emitMetrics, clock, logger }: SchedulerDeps) {
  return async (
    _event: unknown,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<TickReport> => {
    logger.startInvocation(context.awsRequestId);
    try {
      await clock.check();
      const deadlineMs = clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS;
      const report = await runTick({ deadlineMs });
      logger.info('tick', report);
      emitMetrics(measuredBy(report));
      return report;
    } catch (error) {
      // The runtime logs the error too, but not as a structured event.
      logger.error('tick_failed', { error: errorField(error) });
      throw error;
    } finally {
      emitMetrics(await measureQueue());
    }
  };
}

function measuredBy(report: TickReport): Measured {
  return {
    tickDuration: report.durationMs,
    tickSchedules: report.schedules,
    tickExecutions: report.executions,
    tickIncomplete: report.isComplete ? 0 : 1,
    tickFailedParts: report.failedParts.length,
    claimsFreed: report.freed,
    executionsReclaimed: report.reclaimed,
    executionsRequeued: report.requeued,
    // Workers count the executions that fail while they hold them.
    executionsFailed: report.failed,
  };
}
