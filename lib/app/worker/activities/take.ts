import type { Clock } from '../../../domain/clock.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';
import { toHeld } from '../held-execution.ts';
import type { HeldWork } from '../held-work.ts';
import type { InFlight } from '../in-flight.ts';
import type { InHand } from '../in-hand.ts';
import type { RunMode } from '../mode.ts';
import { MAX_HELD, type Pace } from '../pace.ts';
import type { RunDeadline } from '../run-deadline.ts';
import type { Strays } from '../strays.ts';
import type { WakeOthers } from '../wake-others.ts';
import { WORKER_LEASE_MS } from './heartbeat.ts';

/** While requests are out, the queue is looked at this often for what has come due since. */
const POLL_EVERY_MS = 200;

/**
 * A run that has work in hand takes so much further ahead than one that has just been woken. It polls in that time, so that
 * others find nothing that it has room for, and end: per-second jobs keep few environments busy.
 */
const AHEAD_OF_OTHERS_MS = 400;

export type Take = Activity & {
  /** Whether the queue had nothing for this run when it was last asked. */
  foundNothing: () => boolean;
  /** Something has gone back to the queue, which this run may find again. */
  lookAgain: () => void;
  /** Whether what is taken now could still be sent before the run's end. */
  hasTime: () => boolean;
};

/**
 * Takes work from the queue: what is due, and ahead of it as much as can leave in time. What is held ahead never keeps it
 * from taking what is due while the window has room. It wakes other workers only for what is due and stays behind.
 */
export function makeTake(deps: {
  queue: Pick<Queue, 'take'>;
  clock: Clock;
  workerId: string;
  mode: RunMode;
  deadline: RunDeadline;
  held: HeldWork;
  inHand: InHand;
  inFlight: InFlight;
  pace: Pace;
  wakeOthers: WakeOthers;
  strays: Strays;
  settings: { maxInFlight: number; takeAheadMs: number; jobsPerWakeUp: number; maxFanOut: number };
}): Take {
  const { queue, clock, held, inFlight, pace, strays, settings } = deps;
  let againMs = -Infinity;
  let isEmpty = false;
  let takenAtMs = -Infinity;
  /** Something was given back for want of room: other workers are to have it, until there is room. */
  let isWaitingForRoom = false;

  const horizonFrom = (nowMs: number): number =>
    nowMs + settings.takeAheadMs + (deps.inHand.size() > 0 ? AHEAD_OF_OTHERS_MS : 0);

  const hasTime = (): boolean => deps.deadline.fits(horizonFrom(clock.nowMs()), 0);

  /** Places of the window that nothing held will fill when it is due. */
  const freeNow = (nowMs: number): number => settings.maxInFlight - inFlight.count() - held.countDue(nowMs);

  /** How much more may be held. Executions whose hosts have no room do not count here, or they would hold up the others. */
  const roomAhead = (): number => Math.max(pace.holdLimit() - (held.size() - held.countBlocked()), 0);

  const limitsAt = (nowMs: number): { limit: number; aheadLimit: number } => {
    const room = MAX_HELD - held.size();
    const aheadLimit = Math.max(Math.min(roomAhead(), room), 0);
    const dueLimit = Math.min(aheadLimit, pace.dueLimit() - held.countDue(nowMs));
    return { limit: Math.max(dueLimit, Math.min(freeNow(nowMs), room), 0), aheadLimit };
  };

  return {
    name: 'take',
    foundNothing: () => isEmpty && !strays.areSuspected(),
    lookAgain: () => {
      isEmpty = false;
      isWaitingForRoom = true;
    },
    hasTime,

    fromMs: () => {
      if (!deps.mode.isWorking() || !hasTime()) return Infinity;
      if (strays.areSuspected()) return -Infinity;
      if (held.size() >= MAX_HELD) return Infinity;
      if (isWaitingForRoom && !inFlight.hasRoom()) return Infinity;
      const isHungry = roomAhead() >= Math.min(pace.holdLimit() / 2, settings.maxInFlight);
      const nowMs = clock.nowMs();
      if (isHungry && held.countDue(nowMs) <= pace.dueLimit() / 2) return againMs;
      return isHungry || freeNow(nowMs) > 0 ? Math.max(againMs, takenAtMs + POLL_EVERY_MS) : Infinity;
    },

    run: async (nowMs) => {
      if (strays.areSuspected()) await strays.giveBack(nowMs);
      const { limit, aheadLimit } = limitsAt(nowMs);
      againMs = nowMs + POLL_EVERY_MS;
      if (limit <= 0) return;
      takenAtMs = nowMs;
      isWaitingForRoom = false;
      const knownBefore = deps.inHand.size();
      const result = await queue.take({
        workerId: deps.workerId,
        nowMs,
        horizonMs: horizonFrom(nowMs),
        limit,
        aheadLimit,
        leaseMs: WORKER_LEASE_MS,
      });
      deps.inHand.add(result.taken.map(({ id }) => id));
      held.add(result.taken.map((taken) => toHeld(taken, nowMs)));
      strays.counted(result.processing, knownBefore + result.taken.length);
      const foundNone = result.taken.length === 0;
      // Without room for work ahead, it was not asked for.
      isEmpty = foundNone && aheadLimit > 0;
      // There may be more: whoever found something looks again at once, while it has room.
      if (!foundNone) againMs = clock.nowMs();
      if (result.mayWakeOthers) {
        const count = Math.min(Math.ceil(result.remainingDue / settings.jobsPerWakeUp), settings.maxFanOut);
        deps.wakeOthers.send([{ delaySeconds: 0, count }]);
      }
    },
  };
}
