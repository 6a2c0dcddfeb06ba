import type { Clock } from '../domain/clock.ts';

/** Age after which a value is read again in the background. */
const FRESH_MS = 5 * 60_000;
/**
 * Age after which a caller waits until the value has been read again. A read in the background stops when the environment is
 * frozen, so without this limit a value could have any age.
 */
const TOO_OLD_MS = 60 * 60_000;
/** While the value cannot be read, the known value stays in use, and a read is tried at most once in this time. */
const RETRY_MS = 30_000;

export type FreshValue<T> = {
  /** Returns the known value at once unless it is too old. @throws the error of the read, if no value is known. */
  get: () => Promise<T>;
  /** Reads the value again, even if it is fresh. @throws the error of the read. */
  readAgain: () => Promise<T>;
  /** Discards a value that is out of date. The next `get` reads it again, unless another caller already has. */
  forget: (value: T) => void;
};

type Held<T> = {
  value: T;
  /** The instant from which the value is read again in the background. */
  staleFromMs: number;
  /** The instant from which callers wait for the new value. */
  tooOldFromMs: number;
};

/**
 * Makes a cache for a value that is stored elsewhere and may change there at any time. Concurrent callers share one read. A
 * caller waits only if no value is known or the known value is too old.
 */
export function makeFreshValue<T>(deps: { read: () => Promise<T>; clock: Clock }): FreshValue<T> {
  const { read, clock } = deps;
  let held: Held<T> | undefined;
  let reading: Promise<T> | undefined;

  const readAgain = (): Promise<T> => {
    if (reading !== undefined) return reading;
    const own: Promise<T> = read()
      .then((value) => {
        const nowMs = clock.nowMs();
        // A value that was discarded during the read is not stored: the result may be older than the discard.
        if (reading === own) {
          held = { value, staleFromMs: nowMs + FRESH_MS, tooOldFromMs: nowMs + TOO_OLD_MS };
        }
        return value;
      })
      .finally(() => {
        if (reading === own) reading = undefined;
      });
    reading = own;
    return own;
  };

  /** Reads the value again. It never rejects. */
  const refresh = async (known: Held<T>, isTooOld: boolean): Promise<void> => {
    try {
      await readAgain();
    } catch {
      const nowMs = clock.nowMs();
      known.staleFromMs = nowMs + RETRY_MS;
      // A caller has waited without success. For the same time again, no caller waits.
      if (isTooOld) known.tooOldFromMs = nowMs + TOO_OLD_MS;
    }
  };

  return {
    get: async () => {
      const known = held;
      if (known === undefined) return readAgain();
      const nowMs = clock.nowMs();
      if (nowMs < known.staleFromMs) return known.value;
      const isTooOld = nowMs >= known.tooOldFromMs;
      const refreshing = refresh(known, isTooOld);
      if (isTooOld) await refreshing;
      return (held ?? known).value;
    },
    readAgain,
    forget: (value) => {
      if (held?.value !== value) return;
      held = undefined;
      reading = undefined;
    },
  };
}
