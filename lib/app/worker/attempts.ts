import type { Clock } from '../../domain/clock.ts';
import { makeHistogramRecorder, type Histogram } from '../../domain/histogram.ts';
import { limits } from '../../domain/job.ts';
import type { AttemptOutcome } from '../../domain/retry.ts';
import type { ClaimedAttempt, ClaimTaken } from './claim-taken.ts';
import type { HeldExecution } from './held-execution.ts';
import type { HostShare, Place } from './host-share.ts';
import type { SendAttempt } from './send-attempt.ts';

/**
 * Bodies that are read when they are claimed, all requests that are out together. Each is taken for the largest there may
 * be: what it has shows when it was read, and then it is too late to leave it. A worker has 512 MB.
 */
const MAX_BODY_BYTES = 128 * 1_048_576;

/** One that may be claimed; without a place where its host is not known. */
export type Admitted = { execution: HeldExecution; place: Place | undefined };

export type Attempts = {
  /** Claims under way and requests out. */
  inFlight: () => number;
  hasRoom: () => boolean;
  /** Undefined while the window, the bytes of its bodies, or the host's part of it leave no room. */
  admit: (execution: HeldExecution, nowMs: number) => Admitted | undefined;
  /** Claims what was admitted, and sends what it has got. Resolves, before that has ended, with what was refused. */
  claim: (batch: readonly Admitted[]) => Promise<number[]>;
  /** Requests sent so far. */
  count: () => number;
  /** How late they left, in milliseconds after their due instants; undefined when none did. */
  lateness: () => Histogram | undefined;
};

/** The window of one run: what is between its admission and the end of its request, `maxInFlight` at most. */
export function makeAttempts(deps: {
  clock: Clock;
  claimTaken: ClaimTaken;
  sendAttempt: SendAttempt;
  maxInFlight: number;
  share: HostShare;
  onEnded: (attempt: ClaimedAttempt, outcome: AttemptOutcome) => void;
  onFailure: (error: unknown) => void;
  /** A place has become free. */
  onRoom: () => void;
}): Attempts {
  const { clock, claimTaken, sendAttempt, maxInFlight, share } = deps;
  const lateness = makeHistogramRecorder();
  let inFlight = 0;
  let bodyBytes = 0;
  let sent = 0;

  /** Of what is not known PostgreSQL has the request, which may be large. */
  const bodyBytesOf = ({ payload }: HeldExecution): number =>
    payload?.content === undefined ? limits.bodyBytes : 0;

  const leave = (execution: HeldExecution): void => {
    inFlight -= 1;
    bodyBytes -= bodyBytesOf(execution);
  };

  const send = async (attempt: ClaimedAttempt, { execution, place }: Admitted): Promise<void> => {
    sent += 1;
    let wasAnswered = false;
    try {
      const outcome = await sendAttempt(attempt, (latenessMs) => {
        lateness.record(latenessMs);
        if (place !== undefined) share.sent(place, clock.nowMs());
      });
      wasAnswered = outcome.durationMs < attempt.payload.timeoutMs;
      deps.onEnded(attempt, outcome);
    } catch (error) {
      deps.onFailure(error);
    }
    if (place !== undefined) share.ended(place, clock.nowMs(), wasAnswered);
    leave(execution);
    deps.onRoom();
  };

  return {
    inFlight: () => inFlight,
    hasRoom: () => inFlight < maxInFlight,

    admit: (execution, nowMs) => {
      if (inFlight >= maxInFlight || bodyBytes + bodyBytesOf(execution) > MAX_BODY_BYTES) return undefined;
      const place = execution.host === undefined ? undefined : share.admit(execution.host, nowMs);
      if (execution.host !== undefined && place === undefined) return undefined;
      inFlight += 1;
      bodyBytes += bodyBytesOf(execution);
      return { execution, place };
    },

    claim: async (batch) => {
      let claimed = new Map<number, ClaimedAttempt>();
      try {
        const result = await claimTaken(batch.map(({ execution }) => execution));
        claimed = new Map(result.claimed.map((attempt) => [attempt.id, attempt]));
        return result.refusedIds;
      } finally {
        // What is not claimed, also because this fails, leaves the window; it goes back when the run ends.
        for (const admitted of batch) {
          const { execution, place } = admitted;
          const attempt = claimed.get(execution.id);
          // Of an id that was taken twice one copy is claimed.
          claimed.delete(execution.id);
          if (attempt !== undefined) void send(attempt, admitted);
          else {
            if (place !== undefined) share.freed(place);
            leave(execution);
          }
        }
      }
    },

    count: () => sent,
    lateness: lateness.read,
  };
}
