import { ping } from '../db/ping.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';

const ASK_AGAIN_MS = 1_000;

/**
 * Repeats a call once per second, until it succeeds or the instant has passed. A paused database takes up to 30 s to
 * start, and refuses or ignores connections until then. Use it only for the first call. Later errors, for example a
 * statement that took too long, must be reported at once.
 */
export async function onceItAnswers<T>(
  ask: () => Promise<T>,
  { clock, untilMs }: { clock: Clock; untilMs: number },
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UnavailableError) || clock.nowMs() >= untilMs) throw error;
      await clock.sleepUntil(clock.nowMs() + ASK_AGAIN_MS);
    }
  }
}

/**
 * Waits until the database responds.
 *
 * @throws UnavailableError if the database does not respond by the instant.
 */
export async function awaitDatabase(
  { pool, clock }: { pool: Pool; clock: Clock },
  untilMs: number,
): Promise<void> {
  await onceItAnswers(() => ping(pool), { clock, untilMs });
}
