import type { Clock } from './domain/clock.ts';

/** setTimeout takes 31 bits. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepUntil: async (instantMs, signal) => {
    // A timer may fire a millisecond early by the wall clock, and the wall clock may be set: look again each time.
    for (let waitMs = instantMs - Date.now(); waitMs > 0; waitMs = instantMs - Date.now()) {
      if (signal?.aborted) return;
      await sleep(Math.min(waitMs, LONGEST_TIMEOUT_MS), signal);
    }
  },
};

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
