import { type Bounds, boundsBy, intersectionOf, widthOf } from './clock-bounds.ts';
import type { Clock } from '../domain/clock.ts';
import { clockOf } from './system-clock.ts';

/** Corrections from here on are told: an environment's clock that is kept as it should be is never so far off. */
const NOTABLE_MS = 1_000;

/** Bounds this close together settle what the time is. */
const CLOSE_MS = 100;
/**
 * Questions of one check. The first takes a connection's time too, and one of a frozen server, or by a frozen environment,
 * any time.
 */
const MAX_QUESTIONS = 3;
/** While the answers have settled nothing, questions go on in the background, this often and so many at most. */
const ASK_AGAIN_MS = 1_000;
const MAX_FURTHER_QUESTIONS = 60;

export type CheckedClock = Clock & {
  /**
   * Asks for the reference's time and sets the clock where the two cannot both be right.
   *
   * @throws what the reference throws; the clock goes on as before.
   */
  check: () => Promise<void>;
};

/**
 * A clock that the host's time starts, monotonic time carries on and a reference corrects. The host's clock may be wrong,
 * or be set while a function runs; all functions have to agree on what is due, so all go by the one reference.
 *
 * What the reference said was true at some moment between the question and its answer, which bounds the time, however
 * long the answer took. The bounds of all answers hold together (Marzullo, 1984; RFC 5905, 11.2.1), and are carried on
 * by monotonic time. A clock outside of them is set to the lower one: behind, never ahead, so that nothing leaves too
 * early. Once they have been close together, a clock inside of them is left alone, by slow answers too.
 *
 * Until then nothing is known of the host's clock but that it is between bounds far apart, and it may be ahead. So long
 * it is set to the lower bound, and the reference is asked again each second, in the background.
 *
 * @param source.hostMs the host's time, milliseconds since the epoch; read once.
 * @param source.monotonicMs milliseconds since any instant; not set while the process runs. Where it stands still while an
 * environment is frozen, the clock is behind until the next check.
 * @param source.referenceMs the reference's time, milliseconds since the epoch, rounded down.
 * @param source.wait resolves after so many milliseconds; must not keep the process alive.
 * @param onCorrected hears of corrections of a second or more; positive where the clock was behind.
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
  // All of these are offsets, to be added to monotonic time.
  /** What is right as far as is known. */
  let believedMs = source.hostMs() - monotonicMs();
  let shownMs = believedMs;
  let bounds: Bounds | undefined;
  /** Whether bounds have been close together since they last had to be given up. */
  let isSettled = false;
  let isAskingOn = false;

  // Whole milliseconds, rounded down: what is stored and compared has no fractions.
  const nowMs = (): number => Math.floor(shownMs + monotonicMs());

  /** Whether the bounds are now settled. */
  const ask = async (): Promise<boolean> => {
    const askedMs = monotonicMs();
    const saidMs = await referenceMs();
    const answer = boundsBy({ askedMs, saidMs, answeredMs: monotonicMs() });
    const narrowed = bounds && intersectionOf(bounds, answer);
    // Both cannot be true: monotonic time has stood still, or the reference was set. What is heard now counts.
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
      // Whatever needs the reference will say that it is away.
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
 * For functions that answer without the reference: checks in the background, now and then, and does not wait for it.
 *
 * @returns to be called as often as one likes.
 */
export function checkingInBackground(
  clock: CheckedClock,
  { everyMs, monotonicMs }: { everyMs: number; monotonicMs: () => number },
): () => void {
  let nextMs = -Infinity;
  return () => {
    if (monotonicMs() < nextMs) return;
    nextMs = monotonicMs() + everyMs;
    // Whatever needs the reference will say that it is away.
    clock.check().catch(() => {});
  };
}
