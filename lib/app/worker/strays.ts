import type { Clock } from '../../domain/clock.ts';
import type { Queue } from '../../redis/queue.ts';
import { toHeld } from './held-execution.ts';
import type { InHand } from './in-hand.ts';

export type Strays = {
  /**
   * @param processing how many ids the queue has in this worker's list, by the answer to a take.
   * @param expected how many the run knew of when it asked, and those it has taken; more than these are strays.
   */
  counted: (processing: number, expected: number) => void;
  areSuspected: () => boolean;
  /** Must not run beside a take, whose ids the run does not know yet. */
  giveBack: (nowMs: number) => Promise<void>;
};

/**
 * Finds ids that are in this worker's list in the queue though the run does not hold them, and gives them back. A take whose
 * answer was lost leaves such ids: the client sends the command again after a pause, and both have run. Nobody else would
 * get them, since this worker's own heartbeats renew its lease.
 */
export function makeStrays(deps: {
  queue: Pick<Queue, 'listInHand' | 'release'>;
  clock: Clock;
  workerId: string;
  inHand: InHand;
}): Strays {
  const { queue, clock, workerId, inHand } = deps;
  let isSuspected = false;
  let surplus = 0;
  /** Of the surplus what is no stray: an id that is in the list twice, since a tick queued it again while it was held. */
  let doubles = 0;
  return {
    counted: (processing, expected) => {
      surplus = processing - expected;
      doubles = Math.min(doubles, Math.max(surplus, 0));
      isSuspected = surplus > doubles;
    },
    areSuspected: () => isSuspected,
    giveBack: async (nowMs) => {
      const strays = await queue.listInHand(workerId, { except: inHand.has });
      const entries = strays.map((stray) => {
        const { payload } = toHeld({ ...stray, dueMs: undefined }, nowMs);
        return { id: stray.id, dueMs: payload?.executionTimeMs ?? nowMs };
      });
      await queue.release({ workerId, nowMs: clock.nowMs(), entries });
      doubles = Math.max(surplus - strays.length, 0);
      isSuspected = false;
    },
  };
}
