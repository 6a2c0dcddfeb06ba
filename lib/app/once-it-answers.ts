import { ping } from '../db/ping.ts';
import type { Pool } from '../db/pool.ts';
import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';

const ASK_AGAIN_MS = 1_000;

/**
 * Asks again, each second until the instant, while what is asked does not answer: a database that paused takes up to
 * half a minute to start, and refuses or ignores connections until then. To be used for a first question, not for the
 * work: an UnavailableError in the middle of that, a statement that took too long say, is to be heard of at once.
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

/** Returns when the database answers. @throws UnavailableError when it does not by the instant. */
export async function awaitDatabase(
  { pool, clock }: { pool: Pool; clock: Clock },
  untilMs: number,
): Promise<void> {
  await onceItAnswers(() => ping(pool), { clock, untilMs });
}
