import type { Violation } from '../journal/types.ts';
import { at, type Evidence } from './evidence.ts';

const RULE = 'the API answers 503 with Retry-After, never 500';

/**
 * Checks what the API answered. A 502 is allowed: the gateway sends it for a function that died during the call. TIMED_OUT
 * needs no Retry-After: the request may have taken effect, so the message tells the client to look before it sends again.
 */
export function checkAnswers({ journal }: Evidence): Violation[] {
  return journal.answers.flatMap(({ what, atMs, status, code, hasRetryAfter }) => {
    if (status === 500) return [{ rule: RULE, detail: `${what} was answered 500 at ${at(atMs)}` }];
    if (status === 503 && !hasRetryAfter && code !== 'TIMED_OUT')
      return [{ rule: RULE, detail: `${what} was answered 503 without Retry-After at ${at(atMs)}` }];
    return [];
  });
}
