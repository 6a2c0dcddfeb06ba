import type { Context } from 'aws-lambda';
import type { MeasureQueue } from '../../lib/app/measure-queue.ts';
import type { RunTick, TickReport } from '../../lib/app/run-tick.ts';
import type { CheckedClock } from '../../lib/clock/checked-clock.ts';
import { errorField, type FunctionLogger } from '../../lib/logger.ts';
import type { EmitMetrics, Measured } from '../../lib/metrics.ts';

/** Kept back from the function's timeout: longer than one batch takes, so that none is cut off. */
const RESERVE_MS = 5_000;

export type SchedulerDeps = {
  runTick: RunTick;
  measureQueue: MeasureQueue;
  emitMetrics: EmitMetrics;
  clock: CheckedClock;
  logger: FunctionLogger;
};

/**
 * The scheduler function: one tick an invocation. What triggers it does not matter; the event is not looked at.
 *
 * The state of the queue is measured whatever becomes of the tick. What a tick did is emitted when it has come to its
 * end, its duration too: that there is none for minutes means that no tick gets through, not only that none was started. A
 * tick that had to do without Redis, SQS or a new partition has come to its end, and says so in `TickFailedParts`.
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
      // The runtime would log it too, but not as one of our events.
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
    // The others that fail do so in a worker's hands, which counts them.
    executionsFailed: report.failed,
  };
}
