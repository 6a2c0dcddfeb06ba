import type { Clock } from '../../domain/clock.ts';

export type Notifier = {
  /** Ends the wait there is. */
  notify: () => void;
  /** Resolves at the next `notify`, or at the instant; at once when there was a `notify` since the last wait. */
  wait: (untilMs: number) => Promise<void>;
};

/** Without a reason of its own each abort makes an exception with its stack: 4 % of a busy worker's time. */
const AWAKE = Symbol('awake');

/** Lets one loop wait for whatever comes first of events and instants. */
export function makeNotifier(clock: Clock): Notifier {
  let wasNotified = false;
  let wake: (() => void) | undefined;
  return {
    notify: () => {
      wasNotified = true;
      wake?.();
    },
    wait: async (untilMs) => {
      if (untilMs <= clock.nowMs()) {
        // Whatever the caller loops over, responses and timers get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      } else if (!wasNotified) {
        const timer = new AbortController();
        const notified = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race(
          untilMs === Infinity ? [notified] : [notified, clock.sleepUntil(untilMs, timer.signal)],
        );
        timer.abort(AWAKE);
        wake = undefined;
      }
      wasNotified = false;
    },
  };
}
