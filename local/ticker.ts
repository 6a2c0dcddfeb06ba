import type { Clock } from '../lib/domain/clock.ts';

export type TickerOptions = {
  invoke: () => Promise<unknown>;
  intervalMs: number;
  /** Maximum number of ticks that run at once. Further ticks are skipped. */
  maxConcurrency: number;
  clock: Clock;
  report: (line: string) => void;
};

export type Ticker = {
  /** Starts no further tick, and resolves when the running ticks have ended. */
  stop: () => Promise<void>;
};

/** Maximum delay of a tick after the machine slept or its clock was set. */
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
      report(`a tick was skipped, because ${running.size} ticks are still running`);
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
