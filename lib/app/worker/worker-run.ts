import type { Histogram } from '../../domain/histogram.ts';
import { errorField } from '../../logger.ts';
import { makeAttempts, type Admitted } from './attempts.ts';
import type { ClaimTaken } from './claim-taken.ts';
import { makeFanOut } from './fan-out.ts';
import { toHeld, type HeldExecution } from './held-execution.ts';
import type { HostShare } from './host-share.ts';
import { makeNotifier } from './notifier.ts';
import { makeOutcomeRecorder, type OutcomeCounts } from './outcome-recorder.ts';
import { makeParking } from './parking.ts';
import { makeRunDeadline } from './run-deadline.ts';
import type { SendAttempt } from './send-attempt.ts';
import { makeSettleRefused } from './settle-refused.ts';
import { makeWaitingRoom } from './waiting-room.ts';
import type { WorkerDeps } from './worker-deps.ts';

export type WorkerReport = OutcomeCounts & { attempts: number };

/** How long Redis waits for a sign of life before it gives away what this worker holds. */
const WORKER_LEASE_MS = 30_000;
const HEARTBEAT_EVERY_MS = 10_000;
/** While requests are out, the queue is looked at this often for what has come due since. */
const POLL_EVERY_MS = 200;
/** Work that waits this long behind requests that do not end goes back, for another worker to take. */
const GIVE_BACK_AFTER_MS = 500;
/** Outcomes not yet recorded, in windows of requests, at which sending pauses. */
const MAX_UNRECORDED = 10;

export type WorkerRun = {
  /** Starts what can be started now. */
  step: () => void;
  /** Waits until there may be more to start. */
  wait: () => Promise<void>;
  isDone: () => boolean;
  /** @throws what stopped the run. */
  end: () => Promise<void>;
  /** What it has done so far. */
  report: () => WorkerReport;
  /** How late requests left, in milliseconds after their due instants; undefined when none did. */
  lateness: () => Histogram | undefined;
};

export type RunOptions = {
  /** When the function must have ended. */
  deadlineMs: number;
  /** Aborted when the environment is to end: nothing more is taken or sent, what is out is recorded. */
  signal?: AbortSignal;
};

/**
 * The state of one invocation. Its loop starts what can be started (a take, a claim), never waits for it there, and is
 * woken when something has ended; so taking, claiming, sending and recording overlap.
 */
export function startWorkerRun(
  deps: WorkerDeps,
  { deadlineMs, signal }: RunOptions,
  parts: { claimTaken: ClaimTaken; sendAttempt: SendAttempt; share: HostShare },
): WorkerRun {
  const { queue, clock, logger, settings } = deps;
  const { maxInFlight } = settings;
  const { share } = parts;
  const workerId = deps.newId();
  const notifier = makeNotifier(clock);
  const settleRefused = makeSettleRefused({ ...deps, workerId });
  const recorder = makeOutcomeRecorder({
    ...deps,
    workerId,
    settleRefused,
    deadlineMs,
    onRecorded: notifier.notify,
  });
  const deadline = makeRunDeadline(deadlineMs);
  const fanOut = makeFanOut(deps);
  const parking = makeParking({ queue, clock, workerId, leaseMs: WORKER_LEASE_MS, share });

  let isTaking = false;
  let isClaiming = false;
  let isDrawing = false;
  let isLooking = false;
  /** Pieces of work by which executions go back to the queue. */
  let leaving = 0;
  /** The queue had nothing more when it was last asked; asked again at this instant. */
  let takeAgainMs = 0;
  let isEmpty = false;
  /** Something did not fit in before the deadline: no more is taken. */
  let isClosing = false;
  let mayDraw = true;
  let remainingDue = 0;
  let heartbeatMs = clock.nowMs() + HEARTBEAT_EVERY_MS;
  let failure: unknown;

  const fail = (error: unknown): void => {
    failure ??= error;
  };
  const isStopping = (): boolean => signal?.aborted === true;
  signal?.addEventListener('abort', notifier.notify);

  const attempts = makeAttempts({
    clock,
    ...parts,
    maxInFlight,
    onEnded: recorder.record,
    onFailure: fail,
    onRoom: () => {
      held.unblock();
      notifier.notify();
    },
  });
  /** Taken and not yet claimed. */
  const held = makeWaitingRoom({ attempts, share, parking, deadline, maxRequestMs: settings.maxRequestMs });

  const take = async (limit: number): Promise<void> => {
    const nowMs = clock.nowMs();
    const result = await queue.take({
      workerId,
      nowMs,
      horizonMs: nowMs + settings.takeAheadMs,
      limit,
      leaseMs: WORKER_LEASE_MS,
    });
    heartbeatMs = nowMs + HEARTBEAT_EVERY_MS;
    held.add(result.taken.map((taken) => toHeld(taken, { nowMs, isDrawn: false })));
    remainingDue = result.remainingDue;
    isEmpty = result.taken.length === 0;
    takeAgainMs = isEmpty ? clock.nowMs() + POLL_EVERY_MS : 0;
    if (remainingDue > 0) await fanOut.wakeFor(remainingDue);
  };

  const claim = async (batch: readonly Admitted[]): Promise<void> => {
    const refusedIds = await attempts.claim(batch);
    await settleRefused(refusedIds);
  };

  const giveBack = async (batch: readonly HeldExecution[]): Promise<void> => {
    await queue.release({ workerId, nowMs: clock.nowMs(), entries: batch });
    remainingDue += batch.length;
    await fanOut.wakeFor(remainingDue);
  };

  /** Others may have room; those who park their own wake nobody twice. */
  const park = async (batch: readonly HeldExecution[]): Promise<void> => {
    await parking.park(batch);
    await fanOut.wakeFor(batch.length);
  };

  const draw = async (): Promise<void> => {
    held.add(await parking.draw());
  };

  /** Starts a piece of work that is not waited for; the loop goes on when it has ended. */
  const start = (work: Promise<void>, ended: () => void): void => {
    void work.catch(fail).finally(() => {
      ended();
      notifier.notify();
    });
  };

  const startLeaving = (work: Promise<void>): void => {
    leaving += 1;
    start(work, () => (leaving -= 1));
  };

  // Each of these names what could be started and from when on; `step` starts it, `wait` waits for it.

  const hasRoomToSend = (): boolean =>
    attempts.hasRoom() && recorder.pendingCount() < maxInFlight * MAX_UNRECORDED;

  const mayStart = (): boolean => failure === undefined && !isStopping();

  /** What is taken now may be sent that much later. */
  const mayTakeMore = (): boolean =>
    mayStart() && !isClosing && deadline.fits(clock.nowMs() + settings.takeAheadMs, 0);

  const claimFromMs = (): number =>
    mayStart() && !isClaiming && hasRoomToSend()
      ? (held.firstDueMs() ?? Infinity) - settings.claimAheadMs
      : Infinity;

  const takeFromMs = (): number => {
    const isWorthwhile = held.size() <= maxInFlight / 2;
    return !isTaking && isWorthwhile && hasRoomToSend() && mayTakeMore() ? takeAgainMs : Infinity;
  };

  const drawFromMs = (): number => {
    if (parking.isEmpty() || isDrawing || !mayDraw || !mayTakeMore() || !hasRoomToSend()) return Infinity;
    return held.hasDrawn() ? Infinity : parking.drawFromMs();
  };

  const lookFromMs = (): number => (mayDraw && mayTakeMore() && !isLooking ? parking.lookFromMs() : Infinity);

  const parkFromMs = (): number => (mayStart() ? held.parkFromMs() : Infinity);

  const giveBackFromMs = (): number =>
    mayStart() && !isTaking && !attempts.hasRoom()
      ? (held.firstDueMs() ?? Infinity) + GIVE_BACK_AFTER_MS
      : Infinity;

  const startClaim = (nowMs: number): void => {
    const { admitted, misfits, isTooLateForSlow } = held.admitDue(nowMs, nowMs + settings.claimAheadMs);
    if (isTooLateForSlow) mayDraw = false;
    if (misfits.length > 0) close(misfits);
    if (admitted.length === 0) return;
    isClaiming = true;
    start(claim(admitted), () => (isClaiming = false));
  };

  /** Others have the time for it. */
  const close = (misfits: readonly HeldExecution[]): void => {
    isClosing = true;
    startLeaving(giveBack([...misfits, ...held.leave()]));
  };

  const startTake = (): void => {
    isTaking = true;
    start(take(maxInFlight - held.size()), () => (isTaking = false));
  };

  const startDraw = (): void => {
    isDrawing = true;
    start(draw(), () => (isDrawing = false));
  };

  const startLook = (): void => {
    isLooking = true;
    start(parking.look(), () => (isLooking = false));
  };

  const startPark = (nowMs: number): void => startLeaving(park(held.leaveToPark(nowMs)));

  const startGiveBack = (nowMs: number): void => {
    isTaking = true;
    start(giveBack(held.leaveDue(nowMs - GIVE_BACK_AFTER_MS)), () => (isTaking = false));
  };

  const startHeartbeat = (nowMs: number): void => {
    heartbeatMs = nowMs + HEARTBEAT_EVERY_MS;
    start(queue.heartbeat({ workerId, nowMs, leaseMs: WORKER_LEASE_MS }), () => undefined);
  };

  return {
    step: () => {
      const nowMs = clock.nowMs();
      if (nowMs >= claimFromMs()) startClaim(nowMs);
      if (nowMs >= takeFromMs()) startTake();
      if (nowMs >= lookFromMs()) startLook();
      if (nowMs >= drawFromMs()) startDraw();
      if (nowMs >= parkFromMs()) startPark(nowMs);
      if (nowMs >= giveBackFromMs()) startGiveBack(nowMs);
      if (nowMs >= heartbeatMs) startHeartbeat(nowMs);
    },

    wait: () =>
      notifier.wait(
        Math.min(
          claimFromMs(),
          takeFromMs(),
          lookFromMs(),
          drawFromMs(),
          parkFromMs(),
          giveBackFromMs(),
          heartbeatMs,
        ),
      ),

    isDone: () => {
      if (isTaking || isClaiming || isDrawing || isLooking || leaving > 0) return false;
      if (attempts.inFlight() > 0 || recorder.pendingCount() > 0) return false;
      if (!mayStart()) return true;
      if (held.size() > 0) return false;
      return !mayTakeMore() || (isEmpty && (parking.isEmpty() || !mayDraw));
    },

    end: async () => {
      signal?.removeEventListener('abort', notifier.notify);
      const left = held.leave();
      try {
        // With their due instants: what is merely retired counts as due.
        await queue.release({ workerId, nowMs: clock.nowMs(), entries: left });
        await queue.retire(workerId);
      } catch (error) {
        // It goes back when the worker's lease ends.
        fail(error);
      }
      if (failure !== undefined) {
        logger.error('worker_stopped', { held: left.length, error: errorField(failure) });
        throw failure;
      }
      if (remainingDue + left.length > 0 || !parking.isEmpty()) await fanOut.wakeOne();
    },

    report: () => ({ attempts: attempts.count(), ...recorder.counts }),

    lateness: attempts.lateness,
  };
}
