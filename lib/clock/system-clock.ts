import type { Clock } from '../domain/clock.ts';

/** The longest delay of setTimeout: it has 31 bits. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export const systemClock: Clock = clockOf(() => Date.now());

/** Makes a clock that reads its time from `nowMs` and sleeps in real time. */
export function clockOf(nowMs: () => number): Clock {
  return {
    nowMs,
    sleepUntil: async (instantMs, signal) => {
      // A timer may fire a millisecond early by this clock, and the clock may be set, so the loop reads it again each time.
      for (let waitMs = instantMs - nowMs(); waitMs > 0; waitMs = instantMs - nowMs()) {
        if (signal?.aborted) return;
        await sleep(Math.min(waitMs, LONGEST_TIMEOUT_MS), signal);
      }
    },
  };
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
