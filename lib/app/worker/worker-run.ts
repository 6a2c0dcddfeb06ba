import type { Pool } from '../../db/pool.ts';
import type { Clock } from '../../domain/clock.ts';
import { makeHistogramRecorder, type Histogram } from '../../domain/histogram.ts';
import type { CallTarget } from '../../http/call-target.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { EmitMetrics } from '../../metrics.ts';
import type { Queue } from '../../redis/queue.ts';
import type { TakenExecution } from '../../redis/take.ts';
import type { DataKeys } from '../../secrets/data-keys.ts';
import type { PublishWakeUps } from '../../sqs/publish-wake-ups.ts';
import type { ClaimedAttempt, ClaimTaken } from './claim-taken.ts';
import { makeNotifier } from './notifier.ts';
import { makeOutcomeRecorder, type OutcomeCounts } from './outcome-recorder.ts';
import type { SendAttempt } from './send-attempt.ts';

export type WorkerSettings = {
  /** Requests out at once. */
  maxInFlight: number;
  /** Work due within this is taken, and held until it is due. */
  takeAheadMs: number;
  /** A claim is made this long before the due instant: late enough that a pause still takes back nearly everything. */
  claimAheadMs: number;
  maxRequestMs: number;
  leaseGraceMs: number;
  wakeUpLeadMs: number;
  jobsPerWakeUp: number;
  /** Further wake-ups one worker sends at a time. */
  maxFanOut: number;
};

export type WorkerDeps = {
  pool: Pool;
  queue: Queue;
  publishWakeUps: PublishWakeUps;
  callTarget: CallTarget;
  dataKeys: DataKeys;
  clock: Clock;
  logger: Logger;
  emitMetrics: EmitMetrics;
  newId: () => string;
  settings: WorkerSettings;
};

export type WorkerReport = OutcomeCounts & { attempts: number };

/** How long Redis waits for a sign of life before it gives away what this worker holds. */
const WORKER_LEASE_MS = 30_000;
const HEARTBEAT_EVERY_MS = 10_000;
/** While requests are out, the queue is looked at this often for what has come due since. */
const POLL_EVERY_MS = 200;
/** Work that waits this long behind requests that do not end goes back, for another worker to take. */
const GIVE_BACK_AFTER_MS = 500;
/** One worker in this long sends further wake-ups, so that they do not multiply. */
const FAN_OUT_WINDOW_MS = 1_000;
/** Outcomes not yet recorded, in windows of requests, at which sending pauses. */
const MAX_UNRECORDED = 10;
/** Kept for recording the last outcomes. */
const RECORDING_RESERVE_MS = 10_000;

type HeldExecution = TakenExecution & { dueMs: number };

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
  { claimTaken, sendAttempt }: { claimTaken: ClaimTaken; sendAttempt: SendAttempt },
): WorkerRun {
  const { queue, clock, logger, settings } = deps;
  const workerId = deps.newId();
  const takeUntilMs = deadlineMs - settings.maxRequestMs - settings.takeAheadMs - RECORDING_RESERVE_MS;
  const notifier = makeNotifier(clock);
  const recorder = makeOutcomeRecorder({ ...deps, workerId, deadlineMs, onRecorded: notifier.notify });

  /** Taken and not yet claimed, the earliest due first. */
  const held: HeldExecution[] = [];
  let inFlight = 0;
  let attempts = 0;
  const lateness = makeHistogramRecorder();
  let isTaking = false;
  let isClaiming = false;
  /** The queue had nothing more when it was last asked; asked again at this instant. */
  let takeAgainMs = 0;
  let isEmpty = false;
  let remainingDue = 0;
  let heartbeatMs = clock.nowMs() + HEARTBEAT_EVERY_MS;
  let failure: unknown;

  const fail = (error: unknown): void => {
    failure ??= error;
  };
  const isStopping = (): boolean => signal?.aborted === true;
  signal?.addEventListener('abort', notifier.notify);

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
    held.push(...result.taken.map((taken) => ({ ...taken, dueMs: taken.dueMs ?? nowMs })));
    held.sort((a, b) => a.dueMs - b.dueMs);
    remainingDue = result.remainingDue;
    isEmpty = result.taken.length === 0;
    takeAgainMs = isEmpty ? clock.nowMs() + POLL_EVERY_MS : 0;
    if (remainingDue > 0) await wakeOthers();
  };

  const wakeOthers = async (): Promise<void> => {
    if (!(await queue.claimFanOut({ nowMs: clock.nowMs(), windowMs: FAN_OUT_WINDOW_MS }))) return;
    await wake(Math.min(Math.ceil(remainingDue / settings.jobsPerWakeUp), settings.maxFanOut));
  };

  /** Without SQS this worker works on alone; the next tick wakes others. */
  const wake = async (count: number): Promise<void> => {
    await deps.publishWakeUps([{ delaySeconds: 0, count }]).catch((error: unknown) => {
      logger.warn('wake_ups_not_sent', { count, error: errorField(error) });
    });
  };

  const claim = async (batch: readonly HeldExecution[]): Promise<void> => {
    // What is not claimed, also because this fails, leaves the window; it goes back when the run ends.
    let claimedCount = 0;
    let refusedIds: number[];
    try {
      const result = await claimTaken(batch);
      claimedCount = result.claimed.length;
      refusedIds = result.refusedIds;
      for (const attempt of result.claimed) void send(attempt);
    } finally {
      inFlight -= batch.length - claimedCount;
    }
    if (refusedIds.length === 0) return;
    const outcomes = refusedIds.map((id) => ({ id, outcome: 'dropped' as const }));
    await queue.settle({ workerId, nowMs: clock.nowMs(), outcomes });
  };

  const send = async (attempt: ClaimedAttempt): Promise<void> => {
    attempts += 1;
    try {
      recorder.record(attempt, await sendAttempt(attempt, lateness.record));
    } catch (error) {
      fail(error);
    }
    inFlight -= 1;
    notifier.notify();
  };

  const giveBack = async (batch: readonly HeldExecution[]): Promise<void> => {
    await queue.release({ workerId, nowMs: clock.nowMs(), entries: batch });
    remainingDue += batch.length;
    await wakeOthers();
  };

  /** Starts a piece of work that is not waited for; the loop goes on when it has ended. */
  const start = (work: Promise<void>, ended: () => void): void => {
    void work.catch(fail).finally(() => {
      ended();
      notifier.notify();
    });
  };

  // Each of these names what could be started and from when on; `step` starts it, `wait` waits for it.

  const hasRoomToSend = (): boolean =>
    inFlight < settings.maxInFlight && recorder.pendingCount() < settings.maxInFlight * MAX_UNRECORDED;

  const mayStart = (): boolean => failure === undefined && !isStopping();

  const claimFromMs = (): number =>
    mayStart() && !isClaiming && hasRoomToSend() && held[0]
      ? held[0].dueMs - settings.claimAheadMs
      : Infinity;

  const takeFromMs = (): number => {
    const isWorthwhile = held.length <= settings.maxInFlight / 2;
    const mayTake = mayStart() && !isTaking && isWorthwhile && hasRoomToSend();
    return mayTake && clock.nowMs() < takeUntilMs ? takeAgainMs : Infinity;
  };

  const giveBackFromMs = (): number =>
    mayStart() && !isTaking && inFlight >= settings.maxInFlight && held[0]
      ? held[0].dueMs + GIVE_BACK_AFTER_MS
      : Infinity;

  const startClaim = (nowMs: number): void => {
    const free = settings.maxInFlight - inFlight;
    const batch = held.splice(0, Math.min(free, countDue(held, nowMs + settings.claimAheadMs)));
    inFlight += batch.length;
    isClaiming = true;
    start(claim(batch), () => (isClaiming = false));
  };

  const startTake = (): void => {
    isTaking = true;
    start(take(settings.maxInFlight - held.length), () => (isTaking = false));
  };

  const startGiveBack = (nowMs: number): void => {
    isTaking = true;
    const batch = held.splice(0, countDue(held, nowMs - GIVE_BACK_AFTER_MS));
    start(giveBack(batch), () => (isTaking = false));
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
      if (nowMs >= giveBackFromMs()) startGiveBack(nowMs);
      if (nowMs >= heartbeatMs) startHeartbeat(nowMs);
    },

    wait: () => notifier.wait(Math.min(claimFromMs(), takeFromMs(), giveBackFromMs(), heartbeatMs)),

    isDone: () => {
      if (isTaking || isClaiming || inFlight > 0 || recorder.pendingCount() > 0) return false;
      if (!mayStart()) return true;
      return held.length === 0 && (isEmpty || clock.nowMs() >= takeUntilMs);
    },

    end: async () => {
      signal?.removeEventListener('abort', notifier.notify);
      try {
        // With their due instants: what is merely retired counts as due.
        await queue.release({ workerId, nowMs: clock.nowMs(), entries: held });
        await queue.retire(workerId);
      } catch (error) {
        // It goes back when the worker's lease ends.
        fail(error);
      }
      if (failure !== undefined) {
        logger.error('worker_stopped', { held: held.length, error: errorField(failure) });
        throw failure;
      }
      if (remainingDue + held.length > 0) await wake(1);
    },

    report: () => ({ attempts, ...recorder.counts }),

    lateness: lateness.read,
  };
}

/** How many at the head of `held` are due by an instant. */
function countDue(held: readonly HeldExecution[], byMs: number): number {
  const later = held.findIndex((execution) => execution.dueMs > byMs);
  return later === -1 ? held.length : later;
}
