import type { Context } from 'aws-lambda';
import type { RunTick, TickReport } from '../../lib/app/run-tick.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import type { Logger } from '../../lib/logger.ts';

/** Kept back from the function's timeout: longer than one batch takes, so that none is cut off. */
const RESERVE_MS = 5_000;

export type SchedulerDeps = { runTick: RunTick; clock: Clock; logger: Logger };

/** The scheduler function: one tick an invocation. What triggers it does not matter; the event is not looked at. */
export function makeHandler({ runTick, clock, logger }: SchedulerDeps) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<TickReport> => {
    const deadlineMs = clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const report = await runTick({ deadlineMs });
    logger.info('tick', report);
    return report;
  };
}
