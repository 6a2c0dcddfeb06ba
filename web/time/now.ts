import { useSyncExternalStore } from 'react';

const EVERY_MS = 1_000;

let now = new Date();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

/** One timer serves all times on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const readNow = (): Date => {
  if (timer === undefined && Date.now() - now.getTime() >= EVERY_MS) now = new Date();
  return now;
};

/** The time, a second apart. */
export const useNow = (): Date => useSyncExternalStore(subscribe, readNow);
