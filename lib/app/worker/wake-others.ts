import type { Clock } from '../../domain/clock.ts';
import type { PlannedWakeUps } from '../../domain/wake-up-plan.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';

/** How long a run waits at its end until its wake-ups are sent. The next tick replaces any that are not. */
const LAST_MS = 3_000;

export type WakeOthers = {
  /** Sends wake-ups in the background. */
  send: (plan: readonly PlannedWakeUps[]) => void;
  /** Resolves when all wake-ups were sent or have failed, within 3 s. */
  settled: () => Promise<void>;
};

/**
 * Sends a run's wake-ups, for other workers and for retries, in the background. While one call to SQS is under way, the next
 * one gathers. So a slow SQS delays nothing, and there is one call at a time. A lost wake-up costs time, never a job: the next
 * tick wakes workers for overdue executions.
 */
export function makeWakeOthers(deps: {
  publishWakeUps: PublishWakeUps;
  clock: Clock;
  logger: Logger;
}): WakeOthers {
  const { publishWakeUps, clock, logger } = deps;
  /** Number of wake-ups to send, by the instant at which they must arrive. */
  let gathered = new Map<number, number>();
  let sending: Promise<void> | undefined;

  const sendGathered = async (): Promise<void> => {
    while (gathered.size > 0) {
      const nowMs = clock.nowMs();
      const plan = [...gathered].map(([arriveMs, count]) => ({
        // Rounded up, because the plan has rounded down: otherwise it could arrive before the work may be taken.
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
