import { type Bounds, boundsBy, intersectionOf, widthOf } from './clock-bounds.ts';
import type { Clock } from '../domain/clock.ts';
import { clockOf } from './system-clock.ts';

/** Corrections of this size or more are reported. The clock of a healthy environment is never so far off. */
const NOTABLE_MS = 1_000;

/** Bounds are settled when they are this close together. */
const CLOSE_MS = 100;
/**
 * Maximum number of questions in one check. The answer to the first also waits for the connection. An answer may take any
 * time when the server or the environment was frozen.
 */
const MAX_QUESTIONS = 3;
/** While the bounds are not settled, the clock asks again in the background at this interval, at most this many times. */
const ASK_AGAIN_MS = 1_000;
const MAX_FURTHER_QUESTIONS = 60;

export type CheckedClock = Clock & {
  /**
   * Asks for the reference's time and sets the clock if the two cannot both be right.
   *
   * @throws the reference's error; the clock then continues unchanged.
   */
  check: () => Promise<void>;
};

/**
 * Makes a clock that starts with the host's time, continues with monotonic time, and is corrected by a reference. The host's
 * clock may be wrong, or may be set while a function runs. All functions must agree on which executions are due, so all of
 * them follow the same reference.
 *
 * The time in an answer was right at some moment between the question and the answer. This bounds the time, even when an
 * answer is slow. The clock intersects the bounds of all answers (Marzullo, 1984; RFC 5905, 11.2.1) and continues them with
 * monotonic time. A clock outside the bounds is set to the lower bound: behind, never ahead, so that no request is sent too
 * early. Once the bounds have been close together, a clock inside them is not changed, even by slow answers.
 *
 * Before that, the host's clock is known only to be between two distant bounds, and it may be ahead. During this time the
 * clock shows the lower bound, and it asks the reference again each second, in the background.
 *
 * @param source.hostMs returns the host's time in milliseconds since the epoch; read once.
 * @param source.monotonicMs returns milliseconds since any instant; never set while the process runs. If it stops while an
 * environment is frozen, the clock is behind until the next check.
 * @param source.referenceMs returns the reference's time in milliseconds since the epoch, rounded down.
 * @param source.wait resolves after the given milliseconds; must not keep the process alive.
 * @param onCorrected called for corrections of a second or more; positive if the clock was behind.
 */
export function makeCheckedClock(
  source: {
    hostMs: () => number;
    monotonicMs: () => number;
    referenceMs: () => Promise<number>;
    wait: (ms: number) => Promise<void>;
  },
  onCorrected: (byMs: number) => void,
): CheckedClock {
  const { monotonicMs, referenceMs, wait } = source;
  // These are offsets from monotonic time.
  /** The best estimate. */
  let believedMs = source.hostMs() - monotonicMs();
  let shownMs = believedMs;
  let bounds: Bounds | undefined;
  /** True if the bounds have been close together since they were last discarded. */
  let isSettled = false;
  let isAskingOn = false;

  // Rounds down to an integer of milliseconds, because stored and compared instants have no fractions.
  const nowMs = (): number => Math.floor(shownMs + monotonicMs());

  /** Asks the reference once. Resolves with true if the bounds are now settled. */
  const ask = async (): Promise<boolean> => {
    const askedMs = monotonicMs();
    const saidMs = await referenceMs();
    const answer = boundsBy({ askedMs, saidMs, answeredMs: monotonicMs() });
    const narrowed = bounds && intersectionOf(bounds, answer);
    // The answers contradict each other: monotonic time stood still, or the reference was set. The newest answer counts.
    if (narrowed === undefined) isSettled = false;
    bounds = narrowed ?? answer;
    if (widthOf(bounds) <= CLOSE_MS) isSettled = true;
    return isSettled;
  };

  const set = (): void => {
    if (bounds === undefined) return;
    if (believedMs < bounds.lowMs || believedMs > bounds.highMs) believedMs = bounds.lowMs;
    const before = shownMs;
    shownMs = isSettled || believedMs <= bounds.lowMs + CLOSE_MS ? believedMs : bounds.lowMs;
    const byMs = Math.round(shownMs - before);
    if (Math.abs(byMs) >= NOTABLE_MS) onCorrected(byMs);
  };

  const askOn = async (): Promise<void> => {
    if (isSettled || isAskingOn) return;
    isAskingOn = true;
    try {
      for (let questions = 1, isDone = false; !isDone && questions <= MAX_FURTHER_QUESTIONS; questions += 1) {
        await wait(ASK_AGAIN_MS);
        isDone = await ask();
        set();
      }
    } catch {
      // The next operation that needs the reference reports that it is unavailable.
    } finally {
      isAskingOn = false;
    }
  };

  const check = async (): Promise<void> => {
    let isDone = await ask();
    for (let questions = 1; !isDone && questions < MAX_QUESTIONS; questions += 1) isDone = await ask();
    set();
    void askOn();
  };

  return { ...clockOf(nowMs), check };
}

/**
 * Makes a function that starts a check in the background, at most once every `everyMs`, and does not wait for it. It is for
 * functions that can answer without the reference, and may be called at any rate.
 */
export function checkingInBackground(
  clock: CheckedClock,
  { everyMs, monotonicMs }: { everyMs: number; monotonicMs: () => number },
): () => void {
  let nextMs = -Infinity;
  return () => {
    if (monotonicMs() < nextMs) return;
    nextMs = monotonicMs() + everyMs;
    // The next operation that needs the reference reports that it is unavailable.
    clock.check().catch(() => {});
  };
}
