import type { Clock } from '../../domain/clock.ts';
import type { Cancellation } from '../../outgoing/call-target.ts';
import { makeHistogramRecorder, type Histogram } from '../../domain/histogram.ts';
import { askedPauseMs, type AttemptResult } from '../../domain/retry.ts';
import type { ClaimedAttempt, ClaimTaken } from './claim-taken.ts';
import type { HeldOrigins } from './held-origins.ts';
import type { Admitted, HeldWork } from './held-work.ts';
import type { InFlight, Slot } from './in-flight.ts';
import type { OutcomeRecorder } from './outcome-recorder.ts';
import type { Pace } from './pace.ts';
import { makeReadyLine } from './ready-line.ts';
import type { SendAttempt } from './send-attempt.ts';

export type Attempts = {
  /**
   * Claims admitted executions, and sends the requests of the claimed ones while fewer than `maxInFlight` are under way. The others
   * wait for their turn. Resolves when the claim is answered.
   *
   * @throws UnavailableError when the claim was not answered: its executions are held again, and their slots are free.
   */
  claimAndSend: (batch: readonly Admitted[]) => Promise<void>;
  /** When a claimed attempt has waited for its turn long enough. Infinity: none waits. */
  overdueFromMs: () => number;
  /** Sends the requests of attempts that have waited long enough, although the window is full. */
  beginOverdue: (nowMs: number) => void;
  /** Breaks off the requests of these executions, if they are under way. */
  breakOff: (ids: Iterable<number>) => void;
  /** Number of attempts from the claim to the end of the request. */
  openCount: () => number;
  /** Number of requests sent so far. */
  count: () => number;
  /** How late requests were sent, in milliseconds after their due instants. Undefined when none was sent. */
  lateness: () => Histogram | undefined;
};

type Ready = { attempt: ClaimedAttempt; slot: Slot; cancellation: Cancellation; dueMs: number };

/** Makes the attempts of one run, from the claim to the recorded outcome. */
export function makeAttempts(deps: {
  clock: Clock;
  claimTaken: ClaimTaken;
  newClaimToken: () => string;
  sendAttempt: SendAttempt;
  held: HeldWork;
  inFlight: InFlight;
  pace: Pace;
  recorder: OutcomeRecorder;
  heldOrigins: Pick<HeldOrigins, 'hold'>;
  settings: { maxInFlight: number; maxRetryAfterMs: number };
  onFailure: (error: unknown) => void;
  /** Called when a slot has become free. */
  onRoom: () => void;
}): Attempts {
  const { clock, claimTaken, sendAttempt, held, inFlight, pace, recorder } = deps;
  const lateness = makeHistogramRecorder();
  const open = new Map<number, Cancellation>();
  let sent = 0;

  /** Every execution for the origin waits, not only this one. */
  const holdBack = ({ payload }: ClaimedAttempt, result: AttemptResult, nowMs: number): void => {
    const pauseMs = askedPauseMs(result, { nowMs, maxPauseMs: deps.settings.maxRetryAfterMs });
    if (pauseMs !== undefined) deps.heldOrigins.hold(payload.url, nowMs + pauseMs, nowMs);
  };

  const send = async ({ attempt, slot, cancellation }: Ready): Promise<void> => {
    let latenessMs: number | null = null;
    try {
      const onSend = (measuredMs: number, nowMs: number): void => {
        sent += 1;
        latenessMs = measuredMs;
        lateness.record(measuredMs);
        inFlight.sent(slot, nowMs);
      };
      const result = await sendAttempt(attempt, onSend, cancellation);
      const { kind } = result;
      const nowMs = clock.nowMs();
      // Before the record, so that the pause does not end later than the one that is recorded for the execution itself.
      holdBack(attempt, result, nowMs);
      recorder.record(attempt, result, kind === 'notSent' || kind === 'refused' ? null : latenessMs);
      if (kind === 'notSent' || kind === 'refused' || kind === 'brokenOff') inFlight.free(slot);
      else {
        pace.recordRequest(result.durationMs);
        inFlight.end(slot, nowMs, kind === 'timedOut' ? 'timedOut' : 'ended');
      }
    } catch (error) {
      inFlight.free(slot);
      deps.onFailure(error);
    }
    open.delete(attempt.id);
    line.ended();
    held.unblock();
    deps.onRoom();
  };

  const line = makeReadyLine<Ready>({
    maxInFlight: deps.settings.maxInFlight,
    begin: (ready) => void send(ready),
  });

  /**
   * Holds the executions again, with the token of the claim: PostgreSQL may have granted it, and then grants it again. If an
   * id is there twice, only one copy keeps the token. Otherwise both would be sent.
   */
  const holdAgain = (batch: readonly Admitted[], claimToken: string): void => {
    const firstOf = new Map(batch.toReversed().map(({ execution }) => [execution.id, execution]));
    for (const { execution, slot } of batch) {
      inFlight.free(slot);
      execution.claimToken = firstOf.get(execution.id) === execution ? claimToken : undefined;
    }
    held.add(batch.map(({ execution }) => execution));
    held.unblock();
  };

  const claimUnder = async (claimToken: string, batch: readonly Admitted[]): Promise<void> => {
    const startedMs = clock.nowMs();
    const { claimed, refusedIds } = await claimTaken(
      batch.map(({ execution }) => execution),
      claimToken,
    ).catch((error: unknown) => {
      holdAgain(batch, claimToken);
      throw error;
    });
    const nowMs = clock.nowMs();
    pace.recordClaim(nowMs - startedMs);
    for (const { execution, slot } of batch) {
      const attempt = claimed.get(execution.id);
      // If an id was taken twice, one copy is claimed.
      claimed.delete(execution.id);
      if (attempt === undefined) inFlight.free(slot);
      else {
        const cancellation: Cancellation = { isCancelled: false, underWay: undefined };
        open.set(attempt.id, cancellation);
        line.enter({ attempt, slot, cancellation, dueMs: attempt.dueMs }, nowMs);
      }
    }
    // The loop must learn when the first one has waited long enough, also while another claim of the batch is under way.
    if (line.fromMs() < Infinity) deps.onRoom();
    if (refusedIds.length === 0) return;
    held.unblock();
    recorder.drop(refusedIds);
  };

  return {
    claimAndSend: async (batch) => {
      const newToken = deps.newClaimToken();
      const byToken = Map.groupBy(batch, ({ execution }) => execution.claimToken ?? newToken);
      const claims = await Promise.allSettled([...byToken].map(([token, part]) => claimUnder(token, part)));
      for (const claim of claims) if (claim.status === 'rejected') throw claim.reason;
    },
    overdueFromMs: line.fromMs,
    beginOverdue: line.beginOverdue,
    breakOff: (ids) => {
      for (const id of ids) {
        const cancellation = open.get(id);
        if (cancellation === undefined) continue;
        cancellation.isCancelled = true;
        cancellation.underWay?.breakOff();
      }
    },
    openCount: () => open.size,
    count: () => sent,
    lateness: lateness.read,
  };
}
