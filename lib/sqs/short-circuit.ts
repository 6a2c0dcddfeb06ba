import type { Clock } from '../domain/clock.ts';
import { UnavailableError } from '../domain/errors.ts';

/** A call that failed after this time or later got no answer. A call that was refused sooner may be repeated at once. */
const SLOW_MS = 1_000;
/** How long no call is made after a call without an answer. */
const OPEN_MS = 10_000;
/** Timeout of the first call afterwards. It is short, so that its caller does not wait long again. */
const PROBE_TIMEOUT_MS = 1_000;

/** Makes a call, which must end within the given time. Throws UnavailableError at once while SQS is known not to answer. */
export type ShortCircuit = <T>(call: (timeoutMs: number) => Promise<T>) => Promise<T>;

/**
 * Makes a circuit breaker: it stops calling a peer that does not answer, so that callers wait once and not for each call.
 * After 10 s one call tries again; the other calls fail until it is answered.
 *
 * @param options.timeoutMs timeout of a call while the peer answers.
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
      throw new UnavailableError('SQS', { cause: new Error('a recent call got no answer') });
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
