import type { Clock } from '../../domain/clock.ts';
import type { FindApiKey } from '../find-api-key.ts';
import { onceItAnswers } from '../once-it-answers.ts';

/**
 * Looks a key up in a database that may have paused, which takes some 15 s to start. The key is the first that a request
 * asks for, so what follows finds the database awake.
 *
 * @param deps.waitMs how long a request waits: less than its function's time.
 */
export function findKeyPatiently(deps: { findApiKey: FindApiKey; clock: Clock; waitMs: number }): FindApiKey {
  const { findApiKey, clock, waitMs } = deps;
  return (keyHash) => onceItAnswers(() => findApiKey(keyHash), { clock, untilMs: clock.nowMs() + waitMs });
}
