import type { Clock } from '../../../domain/clock.ts';
import type { Activity } from '../activity.ts';
import type { Attempts } from '../attempts.ts';
import type { HeldWork } from '../held-work.ts';
import type { InFlight } from '../in-flight.ts';
import type { RunMode } from '../mode.ts';
import type { OutcomeRecorder } from '../outcome-recorder.ts';
import type { SigningKeys } from '../signing-keys.ts';

/** Number of windows of unrecorded outcomes at which a run stops claiming. */
const MAX_UNRECORDED = 10;

/**
 * Claims executions that are due within `claimAheadMs`, while the window has room, and sends their requests. If an execution
 * does not fit in before the run's end, the run closes, so that other workers get it. Waits for the signing keys first.
 */
export function makeClaim(deps: {
  mode: RunMode;
  held: HeldWork;
  inFlight: Pick<InFlight, 'hasRoom'>;
  attempts: Attempts;
  signingKeys: Pick<SigningKeys, 'ready'>;
  clock: Clock;
  recorder: Pick<OutcomeRecorder, 'pendingCount'>;
  settings: { claimAheadMs: number; maxInFlight: number };
}): Activity {
  const { mode, held, inFlight, attempts, recorder, signingKeys, clock, settings } = deps;
  return {
    name: 'claim',
    fromMs: () => {
      const mayRecord = recorder.pendingCount() < settings.maxInFlight * MAX_UNRECORDED;
      return mode.isWorking() && inFlight.hasRoom() && mayRecord
        ? held.admitFromMs() - settings.claimAheadMs
        : Infinity;
    },
    run: async () => {
      const keys = signingKeys.ready();
      if (keys !== undefined) await keys;
      if (!mode.isWorking()) return;
      const nowMs = clock.nowMs();
      const { admitted, misfits } = held.admitDue(nowMs, nowMs + settings.claimAheadMs);
      if (misfits.length > 0) {
        held.add(misfits);
        mode.leave('closing');
      }
      if (admitted.length > 0) await attempts.claimAndSend(admitted);
    },
  };
}
