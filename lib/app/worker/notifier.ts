import type { Clock } from '../../domain/clock.ts';

export type Notifier = {
  /** Ends the wait there is, once all that has arrived by now is handled. */
  notify: () => void;
  /** Resolves at the next `notify`, at the instant, or sooner; at once when there was a `notify` since the last wait. */
  wait: (untilMs: number) => Promise<void>;
  /** Ends the timer that a wait may have left. */
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

  /** A timer that is left from a wait before, and ends sooner, serves too: a busy run would set one for each response. */
  const setTimer = (untilMs: number): void => {
    if (untilMs === Infinity || (timer !== undefined && timer.atMs <= untilMs)) return;
    timer?.stop.abort();
    timer = { atMs: untilMs, stop: new AbortController() };
    void sleep(untilMs, timer.stop);
  };

  return {
    notify: () => {
      if (wasNotified) return;
      wasNotified = true;
      // Responses that have arrived together get one turn of the loop, and one claim for their places.
      if (wake !== undefined) setImmediate(wake);
    },
    wait: async (untilMs) => {
      if (untilMs <= clock.nowMs()) {
        // Whatever the caller loops over, responses and timers get their turn.
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
      left?.stop.abort();
    },
  };
}
