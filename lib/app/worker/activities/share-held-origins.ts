import type { Clock } from '../../../domain/clock.ts';
import { errorField, type Logger } from '../../../logger.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';
import type { HeldOrigins } from '../held-origins.ts';

/** The largest difference between the clocks of two workers. Both follow PostgreSQL's. */
const CLOCK_DIFFERENCE_MS = 60_000;

/**
 * Tells other workers which origins have asked for a pause. When Redis does not answer, they are not told: each of them learns
 * it from its own requests.
 */
export function makeShareHeldOrigins(deps: {
  queue: Pick<Queue, 'holdBack'>;
  clock: Clock;
  logger: Logger;
  heldOrigins: HeldOrigins;
  newId: () => string;
  settings: { maxRetryAfterMs: number };
}): Activity {
  const { queue, clock, logger, heldOrigins, newId, settings } = deps;
  return {
    name: 'share held-back origins',
    fromMs: () => (heldOrigins.hasUnshared() ? -Infinity : Infinity),
    run: async () => {
      const origins = heldOrigins.takeUnshared();
      try {
        await queue.holdBack(origins, {
          nowMs: clock.nowMs(),
          longestMs: settings.maxRetryAfterMs + CLOCK_DIFFERENCE_MS,
          version: newId(),
        });
      } catch (error) {
        logger.warn('held_back_origins_not_shared', { error: errorField(error) });
      }
    },
  };
}
