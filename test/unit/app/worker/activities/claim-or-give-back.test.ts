import { expect, test } from 'vitest';
import { makeClaim } from '../../../../../lib/app/worker/activities/claim.ts';
import { makeGiveBack } from '../../../../../lib/app/worker/activities/give-back.ts';
import { toHeld } from '../../../../../lib/app/worker/held-execution.ts';
import { makeHeldOrigins } from '../../../../../lib/app/worker/held-origins.ts';
import { makeHeldWork } from '../../../../../lib/app/worker/held-work.ts';
import { makeInFlight, type Slot } from '../../../../../lib/app/worker/in-flight.ts';
import { makeInHand } from '../../../../../lib/app/worker/in-hand.ts';
import { makeRunMode } from '../../../../../lib/app/worker/mode.ts';
import { makeRunDeadline } from '../../../../../lib/app/worker/run-deadline.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

const WINDOW = 8;
const AHEAD = 6;
const execution = { host: 'a', payload: undefined };

/** A window whose host answers, so that all of it can be used. */
function openWindow() {
  const inFlight = makeInFlight({ maxInFlight: WINDOW, claimAhead: () => AHEAD });
  const send = (): Slot => {
    const slot = inFlight.admit(execution, 0)!;
    inFlight.sent(slot, 0);
    return slot;
  };
  for (let n = 0; n < 50; n++) inFlight.end(send(), 0, 'ended');
  return { inFlight, send };
}

test.each(Array.from({ length: WINDOW + AHEAD + 1 }, (_, count) => ({ count })))(
  'a due execution behind $count requests that hang is claimed, or goes back to the queue',
  ({ count }) => {
    const clock = new ManualClock(10);
    const { inFlight, send } = openWindow();
    for (let n = 0; n < count; n++) send();
    const mode = makeRunMode(() => {});
    const heldOrigins = makeHeldOrigins({ maxRetryAfterMs: 60_000 });
    const deadline = makeRunDeadline(180_000);
    const held = makeHeldWork({ inFlight, heldOrigins, deadline, maxRequestMs: 1_000 });
    held.add([toHeld({ id: 1, dueMs: 10, payload: undefined }, 10)]);
    const settings = { claimAheadMs: 50, maxInFlight: WINDOW, jobsPerWakeUp: 100, maxFanOut: 20 };
    const claim = makeClaim({
      mode,
      held,
      inFlight,
      clock,
      settings,
      attempts: {
        claimAndSend: () => Promise.resolve(),
        overdueFromMs: () => Infinity,
        beginOverdue: () => {},
        breakOff: () => {},
        openCount: () => count,
        count: () => count,
        lateness: () => undefined,
      },
      signingKeys: { ready: () => undefined },
      recorder: { pendingCount: () => 0 },
    });
    const giveBack = makeGiveBack({
      queue: { release: () => Promise.resolve(1) },
      workerId: 'worker',
      mode,
      held,
      inHand: makeInHand(),
      inFlight,
      wakeOthers: { send: () => {}, settled: () => Promise.resolve() },
      onGivenBack: () => {},
      settings,
    });
    expect(Math.min(claim.fromMs(), giveBack.fromMs())).toBeLessThanOrEqual(510);
  },
);
