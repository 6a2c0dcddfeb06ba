import type { Clock } from '../domain/clock.ts';

/** What is known is used for so long before it is read again. */
const FRESH_MS = 5 * 60_000;
/**
 * Who needs a value that is older than this waits until it has been read. Reading in the background ends where an environment
 * is frozen, so that without a limit a value could be of any age.
 */
const TOO_OLD_MS = 60 * 60_000;
/** While it cannot be read, what is known goes on being used, and is asked for no more often than this. */
const RETRY_MS = 30_000;

export type FreshValue<T> = {
  /** At once when something is known that is not too old. @throws what the reading threw, when nothing is known. */
  get: () => Promise<T>;
  /** Reads it again, however fresh it is. @throws what the reading threw. */
  readAgain: () => Promise<T>;
  /** This value is out of date: the next `get` reads anew, unless somebody has already. */
  forget: (value: T) => void;
};

type Held<T> = {
  value: T;
  /** From here on it is read again in the background. */
  staleFromMs: number;
  /** From here on it is waited for. */
  tooOldFromMs: number;
};

/**
 * A value that is kept elsewhere and may change there at any time. Those who need it at once read it once, and nobody waits
 * for it who can go on with what is known.
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
        // Not where it was forgotten meanwhile: what was read may be older than that.
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

  /** Never rejects. */
  const refresh = async (known: Held<T>, isTooOld: boolean): Promise<void> => {
    try {
      await readAgain();
    } catch {
      const nowMs = clock.nowMs();
      known.staleFromMs = nowMs + RETRY_MS;
      // Somebody has waited for it in vain: for as long again nobody does.
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
