import type { Histogram } from '../../domain/histogram.ts';
import { errorField } from '../../logger.ts';
import type { Activity } from './activity.ts';
import { makeBeginOverdue } from './activities/begin-overdue.ts';
import { makeClaim } from './activities/claim.ts';
import { makeGiveBack } from './activities/give-back.ts';
import { makeHearCancels } from './activities/hear-cancels.ts';
import { makeHeartbeat } from './activities/heartbeat.ts';
import { makeShareHeldOrigins } from './activities/share-held-origins.ts';
import { makeSnooze } from './activities/snooze.ts';
import { makeTake } from './activities/take.ts';
import { makeAttempts } from './attempts.ts';
import type { ClaimTaken } from './claim-taken.ts';
import type { HeldOrigins } from './held-origins.ts';
import { makeHeldWork } from './held-work.ts';
import type { HostCounts } from './host-counts.ts';
import type { InFlight } from './in-flight.ts';
import { makeInHand } from './in-hand.ts';
import { runActivities } from './loop.ts';
import { makeRunMode } from './mode.ts';
import { makeNotifier } from './notifier.ts';
import { makeOutcomeRecorder, type OutcomeCounts } from './outcome-recorder.ts';
import type { Pace } from './pace.ts';
import { makeRunDeadline } from './run-deadline.ts';
import type { SendAttempt } from './send-attempt.ts';
import { makeSettleRefused } from './settle-refused.ts';
import type { SigningKeys } from './signing-keys.ts';
import { makeStrays } from './strays.ts';
import { makeWakeOthers } from './wake-others.ts';
import type { WorkerDeps } from './worker-deps.ts';

export type WorkerReport = OutcomeCounts & { attempts: number };

export type RunOptions = {
  /** The instant by which the function must have ended. */
  deadlineMs: number;
  /** Aborted when the environment shuts down. */
  signal?: AbortSignal;
};

export type WorkerRun = {
  /**
   * Works until no work is left, or its time is over. Then it gives back the executions that it holds, and waits for its open
   * requests.
   *
   * @throws the error that made the run fail, after all open requests were recorded.
   */
  work: () => Promise<void>;
  /** What the run has done so far. */
  report: () => WorkerReport;
  /** How late requests were sent, in milliseconds after their due instants. Undefined when none was sent. */
  lateness: () => Histogram | undefined;
};

/** The parts that belong to the environment, and outlive a run. */
export type EnvironmentParts = {
  claimTaken: ClaimTaken;
  sendAttempt: SendAttempt;
  signingKeys: Pick<SigningKeys, 'ready'>;
  inFlight: InFlight;
  pace: Pace;
  heldOrigins: HeldOrigins;
  hostCounts: HostCounts;
};

/** Composes the parts of one invocation: held work, requests in flight, and the activities. */
export function startRun(
  deps: WorkerDeps,
  { deadlineMs, signal }: RunOptions,
  environment: EnvironmentParts,
): WorkerRun {
  const { queue, clock, logger, settings } = deps;
  const { inFlight, heldOrigins, hostCounts } = environment;
  const workerId = deps.newId();
  const notifier = makeNotifier(clock);
  const mode = makeRunMode(notifier.notify);
  const inHand = makeInHand();
  const deadline = makeRunDeadline(deadlineMs);
  const wakeOthers = makeWakeOthers(deps);
  const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: settings.maxRequestMs });
  const strays = makeStrays({ queue, workerId, inHand });
  const onSettled = (ids: readonly number[]): void => {
    inHand.remove(ids);
    notifier.notify();
  };
  const settleRefused = makeSettleRefused({ ...deps, workerId });
  const recorder = makeOutcomeRecorder({
    ...deps,
    workerId,
    hostCounts,
    settleRefused,
    deadlineMs,
    wakeOthers,
    onSettled,
  });
  const onFailure = (error: unknown): void => mode.leave('failed', error);
  const attempts = makeAttempts({
    ...environment,
    newClaimToken: deps.newId,
    clock,
    held,
    recorder,
    settings,
    onFailure,
    onRoom: notifier.notify,
  });

  const parts = {
    queue,
    clock,
    workerId,
    mode,
    deadline,
    held,
    inHand,
    inFlight,
    heldOrigins,
    recorder,
    wakeOthers,
    settings,
  };
  const take = makeTake({ ...parts, pace: environment.pace, strays });
  const giveBack = makeGiveBack({ ...parts, onGivenBack: take.lookAgain });
  const activities: readonly Activity[] = [
    makeBeginOverdue({ attempts }),
    makeClaim({ ...parts, attempts, signingKeys: environment.signingKeys }),
    take,
    makeSnooze(parts),
    giveBack,
    makeHeartbeat(parts),
    makeHearCancels({ ...parts, attempts }),
    makeShareHeldOrigins({ ...parts, logger, newId: deps.newId }),
  ];

  const isDone = (): boolean => {
    if (inFlight.count() > 0 || recorder.pendingCount() > 0 || held.size() > 0) return false;
    if (heldOrigins.hasUnshared()) return false;
    return !mode.isWorking() || take.foundNothing() || !take.hasTime();
  };

  const stop = (): void => mode.leave('stopping');

  const end = async (): Promise<void> => {
    // Ids of a take without an answer go back as due. All other ids went back before, with their due instants.
    await queue.retire(workerId).catch(onFailure);
    // A failed run wakes another worker only for executions that it could give back. Its own wake-ups come back to SQS. One
    // more for each of them would multiply wake-ups while Redis is away.
    const isOthersWork = !take.foundNothing() && !giveBack.hasWokenAnother();
    if (mode.is() !== 'failed' && isOthersWork) wakeOthers.send([{ delaySeconds: 0, count: 1 }]);
    await wakeOthers.settled();
    await hostCounts.write({ deadlineMs });
    if (mode.is() !== 'failed') return;
    logger.error('worker_stopped', { error: errorField(mode.failure()) });
    throw mode.failure();
  };

  return {
    work: async () => {
      if (signal?.aborted === true) stop();
      signal?.addEventListener('abort', stop);
      await runActivities(activities, { clock, logger, notifier, isDone, onFailure });
      signal?.removeEventListener('abort', stop);
      await end();
    },
    report: () => ({ attempts: attempts.count(), ...recorder.counts }),
    lateness: attempts.lateness,
  };
}
