import type { Clock } from '../../domain/clock.ts';

export type Notifier = {
  /** Ends the current wait, after every response that has already arrived is handled. */
  notify: () => void;
  /** Resolves at the next `notify` or at the instant, perhaps sooner. Resolves at once after a `notify` since the last wait. */
  wait: (untilMs: number) => Promise<void>;
  /** Stops the timer that a wait may have left behind. */
  end: () => void;
};

/** Lets one loop wait for the first of several events and instants. */
export function makeNotifier(clock: Clock): Notifier {
  let wasNotified = false;
  let wake: (() => void) | undefined;
  let timer: { atMs: number; stop: AbortController } | undefined;

  const sleep = async (untilMs: number, stop: AbortController): Promise<void> => {
    await clock.sleepUntil(untilMs, stop.signal);
    if (timer?.stop !== stop) return;
    timer = undefined;
    wasNotified = true;
    wake?.();
  };

  /**
   * Keeps a timer of an earlier wait that ends sooner. Otherwise a busy run would set a timer for each response. Without a reason,
   * `abort` would make an error with a stack.
   */
  const setTimer = (untilMs: number): void => {
    if (untilMs === Infinity || (timer !== undefined && timer.atMs <= untilMs)) return;
    timer?.stop.abort(null);
    timer = { atMs: untilMs, stop: new AbortController() };
    void sleep(untilMs, timer.stop);
  };

  return {
    notify: () => {
      if (wasNotified) return;
      wasNotified = true;
      // Responses that have arrived together cause one turn of the loop, and one claim for their slots.
      if (wake !== undefined) setImmediate(wake);
    },
    wait: async (untilMs) => {
      if (untilMs <= clock.nowMs()) {
        // Responses and timers get their turn even when the caller never needs to wait.
        await new Promise((resolve) => setImmediate(resolve));
      } else if (!wasNotified) {
        setTimer(untilMs);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      wasNotified = false;
    },
    end: () => {
      const left = timer;
      timer = undefined;
      left?.stop.abort(null);
    },
  };
}
