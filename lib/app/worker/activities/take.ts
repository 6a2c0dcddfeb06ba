import type { Clock } from '../../../domain/clock.ts';
import type { Queue } from '../../../redis/queue.ts';
import type { Activity } from '../activity.ts';
import { toHeld } from '../held-execution.ts';
import type { HeldOrigins } from '../held-origins.ts';
import type { HeldWork } from '../held-work.ts';
import type { InFlight } from '../in-flight.ts';
import type { InHand } from '../in-hand.ts';
import type { RunMode } from '../mode.ts';
import { MAX_HELD, type Pace } from '../pace.ts';
import type { RunDeadline } from '../run-deadline.ts';
import type { Strays } from '../strays.ts';
import type { WakeOthers } from '../wake-others.ts';
import { WORKER_LEASE_MS } from './heartbeat.ts';

/** How often a run looks for new due executions in the queue. */
const POLL_EVERY_MS = 200;

/**
 * How much further ahead a run takes once it has work in hand. It polls within that time, so that workers which have just been
 * woken find nothing that it has room for, and end. So per-second jobs keep few environments busy.
 */
const AHEAD_OF_OTHERS_MS = 400;

export type Take = Activity & {
  /** Whether the last take found nothing. */
  foundNothing: () => boolean;
  /** Executions have gone back to the queue: the next take may find them. */
  lookAgain: () => void;
  /** Whether an execution that is taken now could still be sent before the run's end. */
  hasTime: () => boolean;
};

/**
 * Takes executions from the queue: due ones, and as many ahead as can leave in time. Executions that are held ahead never
 * prevent a take of due ones while the window has room. Wakes other workers only for due executions that remain in the queue.
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
  heldOrigins: Pick<HeldOrigins, 'version' | 'learn'>;
  settings: { maxInFlight: number; takeAheadMs: number; jobsPerWakeUp: number; maxFanOut: number };
}): Take {
  const { queue, clock, held, inFlight, pace, strays, settings } = deps;
  let againMs = -Infinity;
  let isEmpty = false;
  let takenAtMs = -Infinity;
  /** Executions were given back because the window was full. Until it has room, they are for other workers. */
  let isWaitingForRoom = false;

  const horizonFrom = (nowMs: number): number =>
    nowMs + settings.takeAheadMs + (deps.inHand.size() > 0 ? AHEAD_OF_OTHERS_MS : 0);

  const hasTime = (): boolean => deps.deadline.fits(horizonFrom(clock.nowMs()), 0);

  /** Free slots of the window that held due executions will not fill. */
  const freeNow = (nowMs: number): number => settings.maxInFlight - inFlight.count() - held.countDue(nowMs);

  /** How many more executions may be held. Executions that are aside do not count, or they would delay other hosts. */
  const roomAhead = (): number => Math.max(pace.holdLimit() - (held.size() - held.countAside()), 0);

  /** How many held executions are due, and wait for the window or for their host's first response. */
  const dueNow = (nowMs: number): number => held.countDue(nowMs) + held.countBlocked();

  const limitsAt = (nowMs: number): { limit: number; aheadLimit: number } => {
    const room = MAX_HELD - held.size();
    const aheadLimit = Math.max(Math.min(roomAhead(), room), 0);
    const dueLimit = Math.min(aheadLimit, pace.dueLimit() - dueNow(nowMs));
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
      if (isHungry && dueNow(nowMs) <= pace.dueLimit() / 2) return againMs;
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
        heldBackVersion: deps.heldOrigins.version(),
      });
      deps.heldOrigins.learn(result.heldBack, nowMs);
      deps.inHand.add(result.taken.map(({ id }) => id));
      held.add(result.taken.map((taken) => toHeld(taken, nowMs)));
      strays.counted(result.processing, knownBefore + result.taken.length);
      const foundNone = result.taken.length === 0;
      // A take without room for work ahead says nothing about such work.
      isEmpty = foundNone && aheadLimit > 0;
      // There may be more, so the run looks again at once while it has room.
      if (!foundNone) againMs = clock.nowMs();
      if (result.mayWakeOthers) {
        const count = Math.min(Math.ceil(result.remainingDue / settings.jobsPerWakeUp), settings.maxFanOut);
        deps.wakeOthers.send([{ delaySeconds: 0, count }]);
      }
    },
  };
}
