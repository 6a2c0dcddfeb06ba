import type { Clock } from '../../domain/clock.ts';
import type { FindApiKey } from '../find-api-key.ts';
import { onceItAnswers } from '../once-it-answers.ts';

/**
 * Finds a key in a database that may be paused, and waits while it starts, which takes about 15 s. The key is the first
 * thing that a request reads, so later statements find the database running.
 *
 * @param deps.waitMs how long a request waits. It must be less than the timeout of the function.
 */
export function findKeyPatiently(deps: { findApiKey: FindApiKey; clock: Clock; waitMs: number }): FindApiKey {
  const { findApiKey, clock, waitMs } = deps;
  return (keyHash) => onceItAnswers(() => findApiKey(keyHash), { clock, untilMs: clock.nowMs() + waitMs });
}
