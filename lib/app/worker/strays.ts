import type { Queue } from '../../redis/queue.ts';
import { toHeld } from './held-execution.ts';
import type { InHand } from './in-hand.ts';

export type Strays = {
  /**
   * @param processing number of ids in this worker's list in the queue, from the reply to a take.
   * @param expected number of ids that the run knew before the take, plus the taken ones. Any more ids are strays.
   */
  counted: (processing: number, expected: number) => void;
  areSuspected: () => boolean;
  /** Must not run during a take, because the run does not know its ids yet. */
  giveBack: (nowMs: number) => Promise<void>;
};

/**
 * Finds ids in this worker's list in the queue that the run does not hold, and gives them back. A take whose reply was lost
 * leaves such ids: the client sends the command again after a pause, and both have run. No other worker would get the ids,
 * since this worker's heartbeats renew its lease.
 */
export function makeStrays(deps: {
  queue: Pick<Queue, 'listInHand' | 'release'>;
  workerId: string;
  inHand: InHand;
}): Strays {
  const { queue, workerId, inHand } = deps;
  let isSuspected = false;
  let surplus = 0;
  /** Surplus ids that are no strays: ids that are in the list twice, since a tick queued them again while they were held. */
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
        const { id, queueDueMs } = toHeld({ ...stray, dueMs: undefined }, nowMs);
        return { id, dueMs: queueDueMs };
      });
      await queue.release({ workerId, entries });
      doubles = Math.max(surplus - strays.length, 0);
      isSuspected = false;
    },
  };
}
