import type { Activity } from '../activity.ts';
import type { Attempts } from '../attempts.ts';
import type { HeldWork } from '../held-work.ts';
import type { InFlight } from '../in-flight.ts';
import type { RunMode } from '../mode.ts';
import type { OutcomeRecorder } from '../outcome-recorder.ts';

/** Outcomes not yet recorded, in windows of requests, at which no more is sent. */
const MAX_UNRECORDED = 10;

/**
 * Claims what is due within `claimAheadMs`, as much as the window has room for, and sends what it has got. What does not
 * fit in before the run's end makes the run close, so that other workers have it.
 */
export function makeClaim(deps: {
  mode: RunMode;
  held: HeldWork;
  inFlight: Pick<InFlight, 'hasRoom'>;
  attempts: Attempts;
  recorder: Pick<OutcomeRecorder, 'pendingCount'>;
  settings: { claimAheadMs: number; maxInFlight: number };
}): Activity {
  const { mode, held, inFlight, attempts, recorder, settings } = deps;
  return {
    name: 'claim',
    fromMs: () => {
      const mayRecord = recorder.pendingCount() < settings.maxInFlight * MAX_UNRECORDED;
      return mode.isWorking() && inFlight.hasRoom() && mayRecord
        ? held.admitFromMs() - settings.claimAheadMs
        : Infinity;
    },
    run: async (nowMs) => {
      const { admitted, misfits } = held.admitDue(nowMs, nowMs + settings.claimAheadMs);
      if (misfits.length > 0) {
        held.add(misfits);
        mode.leave('closing');
      }
      if (admitted.length > 0) await attempts.claimAndSend(admitted);
    },
  };
}
