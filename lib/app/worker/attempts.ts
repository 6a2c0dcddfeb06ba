import type { Clock } from '../../domain/clock.ts';
import { makeHistogramRecorder, type Histogram } from '../../domain/histogram.ts';
import type { ClaimedAttempt, ClaimTaken } from './claim-taken.ts';
import type { Admitted, HeldWork } from './held-work.ts';
import type { InFlight, Slot } from './in-flight.ts';
import type { OutcomeRecorder } from './outcome-recorder.ts';
import type { Pace } from './pace.ts';
import type { SendAttempt } from './send-attempt.ts';

export type Attempts = {
  /**
   * Claims executions that were admitted, and sends those it has got. Resolves when the claim has been answered, before the
   * requests have ended.
   *
   * @throws UnavailableError when the claim was not answered: all of them are held again, and their slots free.
   */
  claimAndSend: (batch: readonly Admitted[]) => Promise<void>;
  /** Requests sent so far. */
  count: () => number;
  /** How late they left, in milliseconds after their due instants; undefined when none did. */
  lateness: () => Histogram | undefined;
};

/** The attempts of one run, from their claim to the record of what came of them. */
export function makeAttempts(deps: {
  clock: Clock;
  claimTaken: ClaimTaken;
  sendAttempt: SendAttempt;
  held: HeldWork;
  inFlight: InFlight;
  pace: Pace;
  recorder: OutcomeRecorder;
  onFailure: (error: unknown) => void;
  /** A slot has become free. */
  onRoom: () => void;
}): Attempts {
  const { clock, claimTaken, sendAttempt, held, inFlight, pace, recorder } = deps;
  const lateness = makeHistogramRecorder();
  let sent = 0;

  const send = async (attempt: ClaimedAttempt, slot: Slot): Promise<void> => {
    try {
      const result = await sendAttempt(attempt, (latenessMs) => {
        sent += 1;
        lateness.record(latenessMs);
        inFlight.sent(slot, clock.nowMs());
      });
      recorder.record(attempt, result);
      if (result.kind === 'notSent' || result.kind === 'refused') inFlight.free(slot);
      else {
        pace.record(result.durationMs);
        inFlight.end(slot, clock.nowMs(), result.kind === 'timedOut' ? 'timedOut' : 'ended');
      }
    } catch (error) {
      inFlight.free(slot);
      deps.onFailure(error);
    }
    held.unblock();
    deps.onRoom();
  };

  const claim = async (batch: readonly Admitted[]) => {
    try {
      return await claimTaken(batch.map(({ execution }) => execution));
    } catch (error) {
      for (const { slot } of batch) inFlight.free(slot);
      held.add(batch.map(({ execution }) => execution));
      held.unblock();
      throw error;
    }
  };

  return {
    claimAndSend: async (batch) => {
      const { claimed, refusedIds } = await claim(batch);
      const attempts = new Map(claimed.map((attempt) => [attempt.id, attempt]));
      for (const { execution, slot } of batch) {
        const attempt = attempts.get(execution.id);
        // Of an id that was taken twice one copy is claimed.
        attempts.delete(execution.id);
        if (attempt === undefined) inFlight.free(slot);
        else void send(attempt, slot);
      }
      if (refusedIds.length === 0) return;
      held.unblock();
      recorder.drop(refusedIds);
    },
    count: () => sent,
    lateness: lateness.read,
  };
}
