import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';

/** A call that failed after this long failed for want of an answer. One that is refused at once may be made again at once. */
const SLOW_MS = 1_000;
/** So long nothing is sent after that. */
const OPEN_MS = 10_000;
/** What the first call after that is given: who waits for it should not wait long again. */
const PROBE_TIMEOUT_MS = 1_000;

/** Makes a call, which is to end within the given time; or throws UnavailableError at once while SQS is known to be silent. */
export type ShortCircuit = <T>(call: (timeoutMs: number) => Promise<T>) => Promise<T>;

/**
 * Stops asking a peer that does not answer, so that its silence costs one wait, not one for each call. After 10 s one call
 * asks again; the others go on failing until it was answered.
 *
 * @param timeoutMs what a call is given while the peer answers.
 */
export function makeShortCircuit({ timeoutMs, clock }: { timeoutMs: number; clock: Clock }): ShortCircuit {
  let state: 'closed' | { openedMs: number; isProbing: boolean } = 'closed';

  const isOpenAt = (nowMs: number): boolean => {
    if (state === 'closed') return false;
    const sinceMs = nowMs - state.openedMs;
    // A clock that was set back must not keep it open.
    return state.isProbing || (sinceMs >= 0 && sinceMs < OPEN_MS);
  };

  return async (call) => {
    const startedMs = clock.nowMs();
    if (isOpenAt(startedMs))
      throw new UnavailableError('SQS', { cause: new Error('no answer a moment ago') });
    const isProbe = state !== 'closed';
    if (state !== 'closed') state.isProbing = true;
    try {
      const answer = await call(isProbe ? Math.min(PROBE_TIMEOUT_MS, timeoutMs) : timeoutMs);
      state = 'closed';
      return answer;
    } catch (error) {
      const endedMs = clock.nowMs();
      const wasSilent = isProbe || endedMs - startedMs >= SLOW_MS;
      if (wasSilent) state = { openedMs: endedMs, isProbing: false };
      throw error;
    }
  };
}
