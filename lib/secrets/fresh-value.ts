import type { Clock } from '../domain/clock.ts';

/** What is known is used for so long before it is read again. */
const FRESH_MS = 5 * 60_000;
/** While it cannot be read, what is known goes on being used, and is asked for no more often than this. */
const RETRY_MS = 30_000;

export type FreshValue<T> = {
  /** @throws what the reading threw, when nothing is known. */
  get: () => Promise<T>;
  /** Reads it again, however fresh it is. @throws what the reading threw. */
  readAgain: () => Promise<T>;
  /** This value is out of date: the next `get` reads anew, unless somebody has already. */
  forget: (value: T) => void;
};

/** A value that is kept elsewhere and may change there at any time. Those who need it at once read it once. */
export function makeFreshValue<T>(deps: { read: () => Promise<T>; clock: Clock }): FreshValue<T> {
  const { read, clock } = deps;
  let held: { value: T; freshUntilMs: number } | undefined;
  let reading: Promise<T> | undefined;

  const readNow = async (): Promise<T> => {
    const value = await read();
    held = { value, freshUntilMs: clock.nowMs() + FRESH_MS };
    return value;
  };

  const readAgain = (): Promise<T> => {
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    get: async () => {
      const known = held;
      if (known !== undefined && clock.nowMs() < known.freshUntilMs) return known.value;
      try {
        return await readAgain();
      } catch (error) {
        if (known === undefined || known !== held) throw error;
        known.freshUntilMs = clock.nowMs() + RETRY_MS;
        return known.value;
      }
    },
    readAgain,
    forget: (value) => {
      if (held?.value === value) held = undefined;
    },
  };
}
