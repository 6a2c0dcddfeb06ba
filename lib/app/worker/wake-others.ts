import type { Clock } from '../../domain/clock.ts';
import type { PlannedWakeUps } from '../../domain/wake-up-plan.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';

/** A run that ends waits so long for its last wake-ups to be sent: what is not sent by then, the next tick makes up for. */
const LAST_MS = 3_000;

export type WakeOthers = {
  /** Sends wake-ups, and returns before they are sent. */
  send: (plan: readonly PlannedWakeUps[]) => void;
  /** Resolves when all are sent, or could not be; after 3 s at the latest. */
  settled: () => Promise<void>;
};

/**
 * Sends a run's wake-ups, for other workers and for retries. Nobody waits for them: while one call is under way the next
 * gathers, so a slow SQS holds up nothing and costs one call at a time. One that is not sent costs time, never a job: the
 * next tick wakes workers for whatever is overdue.
 */
export function makeWakeOthers(deps: {
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
}): WakeOthers {
  const { publishWakeUps, clock, logger } = deps;
  /** How many are to be sent, by the instant at which they are to arrive. */
  let gathered = new Map<number, number>();
  let sending: Promise<void> | undefined;

  const sendGathered = async (): Promise<void> => {
    while (gathered.size > 0) {
      const nowMs = clock.nowMs();
      const plan = [...gathered].map(([arriveMs, count]) => ({
        // Up, as the plan rounded down already: a second less, and it might come before the worker may take the work.
        delaySeconds: Math.max(Math.ceil((arriveMs - nowMs) / 1_000), 0),
        count,
      }));
      gathered = new Map();
      await publishWakeUps(plan).catch((error: unknown) => {
        logger.warn('wake_ups_not_sent', { error: errorField(error) });
      });
    }
    sending = undefined;
  };

  return {
    send: (plan) => {
      const nowMs = clock.nowMs();
      for (const { delaySeconds, count } of plan) {
        const arriveMs = nowMs + delaySeconds * 1_000;
        if (count > 0) gathered.set(arriveMs, (gathered.get(arriveMs) ?? 0) + count);
      }
      if (gathered.size > 0) sending ??= sendGathered();
    },
    settled: async () => {
      if (sending === undefined) return;
      const timer = new AbortController();
      await Promise.race([sending, clock.sleepUntil(clock.nowMs() + LAST_MS, timer.signal)]);
      timer.abort();
    },
  };
}
