import type { Clock } from '../../../domain/clock.ts';
import { UnavailableError } from '../../../domain/errors.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';
import type { Attempts } from '../attempts.ts';

const EVERY_MS = 1_000;

/**
 * Breaks off requests whose executions were cancelled. While requests are under way, it reads the cancel requests of the last
 * two minutes once a second, regardless of the number of executions. Usually there are none.
 */
export function makeHearCancels({
  queue,
  clock,
  attempts,
}: {
  queue: Pick<Queue, 'listCancels'>;
  clock: Clock;
  attempts: Pick<Attempts, 'breakOff' | 'openCount'>;
}): Activity {
  let nextMs = clock.nowMs() + EVERY_MS;
  return {
    name: 'hear cancels',
    fromMs: () => (attempts.openCount() > 0 ? nextMs : Infinity),
    run: async (nowMs) => {
      nextMs = nowMs + EVERY_MS;
      try {
        attempts.breakOff(await queue.listCancels());
      } catch (error) {
        // No run fails because it cannot read cancel requests. The other activities report that Redis is away.
        if (!(error instanceof UnavailableError)) throw error;
      }
    },
  };
}
