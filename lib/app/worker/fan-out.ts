import type { Clock } from '../../domain/clock.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { Queue } from '../../redis/queue.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';

/** One worker in this long sends further wake-ups, so that they do not multiply. */
const WINDOW_MS = 1_000;

export type FanOut = {
  /** Wakes as many as the waiting work wants, unless another worker has just done so. */
  wakeFor: (waiting: number) => Promise<void>;
  wakeOne: () => Promise<void>;
};

/** Wakes other workers. Without SQS this one works on alone; the next tick wakes others. */
export function makeFanOut(deps: {
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
  settings: { jobsPerWakeUp: number; maxFanOut: number };
}): FanOut {
  const { queue, publishWakeUps, clock, logger, settings } = deps;

  const wake = async (count: number): Promise<void> => {
    await publishWakeUps([{ delaySeconds: 0, count }]).catch((error: unknown) => {
      logger.warn('wake_ups_not_sent', { count, error: errorField(error) });
    });
  };

  return {
    wakeFor: async (waiting) => {
      if (!(await queue.claimFanOut({ nowMs: clock.nowMs(), windowMs: WINDOW_MS }))) return;
      await wake(Math.min(Math.ceil(waiting / settings.jobsPerWakeUp), settings.maxFanOut));
    },
    wakeOne: () => wake(1),
  };
}
