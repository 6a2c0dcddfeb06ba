import type { Clock } from './domain/clock.ts';
import { clockOf } from './system-clock.ts';

/** Corrections from here on are told: an environment's clock that is kept as it should be is never so far off. */
const NOTABLE_MS = 1_000;

/**
 * An answer that took longer leaves open too much: a clock that is seconds ahead could be right by it. It is asked for again,
 * and the quickest counts. The first takes a connection's time too, and one of a frozen server any time.
 */
const QUICK_MS = 100;
const MAX_QUESTIONS = 3;

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
 * What the reference said when it was asked was true between the question and its answer. A clock that was in between is
 * left alone, if that was quick; another is set to what was said, so that it is behind the reference by the time of the
 * answer, never ahead: nothing leaves too early. (Cristian, "Probabilistic clock synchronization", 1989.)
 *
 * @param source.hostMs the host's time, milliseconds since the epoch; read once.
 * @param source.monotonicMs milliseconds since any instant; neither set nor stopped while the process runs.
 * @param source.referenceMs the reference's time, milliseconds since the epoch, rounded down.
 * @param onCorrected hears of corrections of a second or more; positive where the clock was behind.
 */
export function makeCheckedClock(
  source: { hostMs: () => number; monotonicMs: () => number; referenceMs: () => Promise<number> },
  onCorrected: (byMs: number) => void,
): CheckedClock {
  const { monotonicMs, referenceMs } = source;
  let offsetMs = source.hostMs() - monotonicMs();
  // Whole milliseconds, rounded down: what is stored and compared has no fractions.
  const nowMs = (): number => Math.floor(offsetMs + monotonicMs());

  const ask = async () => {
    const askedMs = monotonicMs();
    const saidMs = await referenceMs();
    const answeredMs = monotonicMs();
    return { saidMs, answeredMs, tookMs: answeredMs - askedMs };
  };

  const check = async (): Promise<void> => {
    let best = await ask();
    for (let questions = 1; best.tookMs > QUICK_MS && questions < MAX_QUESTIONS; questions += 1) {
      const answer = await ask();
      if (answer.tookMs < best.tookMs) best = answer;
    }
    const { saidMs, answeredMs, tookMs } = best;
    const own = offsetMs + answeredMs;
    // The reference rounds down: it may have been almost a millisecond further.
    const isPossible = own >= saidMs && own <= saidMs + 1 + Math.min(tookMs, QUICK_MS);
    if (isPossible) return;
    offsetMs = saidMs - answeredMs;
    const byMs = Math.round(saidMs - own);
    if (Math.abs(byMs) >= NOTABLE_MS) onCorrected(byMs);
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
