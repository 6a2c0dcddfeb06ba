import { setTimeout as sleep } from 'node:timers/promises';

export type Ticks = {
  /** Ticks that ended. */
  ended: readonly { startedMs: number; endedMs: number }[];
  /** Makes the next tick `count` ticks at once; 0 skips it. */
  planNext: (count: number) => void;
  stop: () => Promise<void>;
};

/**
 * Invokes the scheduler every few seconds, as EventBridge does every minute, with an unchanged look-ahead. A tick that fails is
 * not repeated: the next tick does its work.
 */
export function startTicks(options: { invoke: () => Promise<unknown>; everyMs: number }): Ticks {
  const { invoke, everyMs } = options;
  const ended: { startedMs: number; endedMs: number }[] = [];
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const planned: number[] = [];

  const tick = (): void => {
    const startedMs = Date.now();
    const ticked = invoke()
      .then(
        () => void ended.push({ startedMs, endedMs: Date.now() }),
        () => {},
      )
      .finally(() => running.delete(ticked));
    running.add(ticked);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const count = planned.shift() ?? 1;
      for (let at = 0; at < count; at += 1) tick();
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  void run();

  return {
    ended,
    planNext: (count) => void planned.push(count),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
