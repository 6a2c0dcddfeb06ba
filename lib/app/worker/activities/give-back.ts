import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';
import type { HeldWork } from '../held-work.ts';
import type { InFlight } from '../in-flight.ts';
import type { InHand } from '../in-hand.ts';
import type { RunMode } from '../mode.ts';
import type { WakeOthers } from '../wake-others.ts';

/**
 * Once a due execution has waited this long for a full window, every due execution that waits goes back to the queue, so that another
 * worker can take it. If later ones stayed, they would be sent before the earlier ones that went back.
 */
const GIVE_BACK_AFTER_MS = 500;
/** Tries of a run, at its end, to give back the executions that it holds. Then its lease in Redis decides. */
const LAST_TRIES = 3;

export type GiveBack = Activity & {
  /** Whether it has woken another worker since the run stopped working. */
  hasWokenAnother: () => boolean;
};

/**
 * Gives executions back to the queue, with their due instants: due ones that wait for a full window and, once the run no longer
 * works, all executions that it holds. It does not wait for the requests that are out.
 */
export function makeGiveBack(deps: {
  queue: Pick<Queue, 'release'>;
  workerId: string;
  mode: RunMode;
  held: HeldWork;
  inHand: InHand;
  inFlight: Pick<InFlight, 'hasRoom'>;
  wakeOthers: WakeOthers;
  /** Called when executions have gone back to the queue. */
  onGivenBack: () => void;
  settings: { jobsPerWakeUp: number; maxFanOut: number };
}): GiveBack {
  const { queue, workerId, mode, held, inHand, inFlight, wakeOthers, settings } = deps;
  let failures = 0;
  let hasWoken = false;
  return {
    name: 'give back',
    hasWokenAnother: () => hasWoken,
    fromMs: () => {
      if (!mode.isWorking()) return held.size() > 0 ? -Infinity : Infinity;
      return inFlight.hasRoom() ? Infinity : held.firstDueMs() + GIVE_BACK_AFTER_MS;
    },
    run: async (nowMs) => {
      const leaving = mode.isWorking() ? held.leaveDue(nowMs) : held.leave();
      try {
        await queue.release({
          workerId,
          entries: leaving.map(({ id, queueDueMs }) => ({ id, dueMs: queueDueMs })),
        });
      } catch (error) {
        if (!mode.isWorking()) failures += 1;
        if (failures < LAST_TRIES) held.add(leaving);
        throw error;
      }
      inHand.remove(leaving.map(({ id }) => id));
      deps.onGivenBack();
      const dueNow = leaving.filter(({ dueMs }) => dueMs <= nowMs).length;
      const count = Math.min(Math.ceil(dueNow / settings.jobsPerWakeUp), settings.maxFanOut);
      hasWoken = !mode.isWorking();
      // At its end a run wakes at least one worker: perhaps no other is awake when later executions are due.
      wakeOthers.send([{ delaySeconds: 0, count: mode.isWorking() ? count : Math.max(count, 1) }]);
    },
  };
}
