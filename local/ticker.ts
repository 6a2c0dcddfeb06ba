import type { Clock } from '../lib/domain/clock.ts';

export type TickerOptions = {
  invoke: () => Promise<unknown>;
  intervalMs: number;
  /** A tick that would make it more than these is left out. */
  maxConcurrency: number;
  clock: Clock;
  report: (line: string) => void;
};

export type Ticker = {
  /** No further tick; resolves when those that run have ended. */
  stop: () => Promise<void>;
};

/** How long a machine that slept, or whose clock was set, waits for its tick at most. */
const LOOK_AGAIN_MS = 1_000;

/** Invokes the scheduler at once and then at the start of each interval, as EventBridge does each minute. */
export function startTicker(options: TickerOptions): Ticker {
  const { invoke, intervalMs, maxConcurrency, clock, report } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { signal } = stopping;

  const invokeOnce = async (): Promise<void> => {
    try {
      await invoke();
    } catch (error) {
      if (!signal.aborted) report(`a tick failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const tick = (): void => {
    if (running.size >= maxConcurrency) {
      report(`a tick is left out: ${running.size} are still running`);
      return;
    }
    const ticked = invokeOnce().finally(() => running.delete(ticked));
    running.add(ticked);
  };

  const intervalAt = (nowMs: number) => Math.floor(nowMs / intervalMs);

  const run = async (): Promise<void> => {
    let last = intervalAt(clock.nowMs());
    tick();
    for (;;) {
      const nextMs = Math.min((last + 1) * intervalMs, clock.nowMs() + LOOK_AGAIN_MS);
      await clock.sleepUntil(nextMs, signal);
      if (signal.aborted) return;
      const current = intervalAt(clock.nowMs());
      if (current !== last) tick();
      last = current;
    }
  };
  void run();

  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
