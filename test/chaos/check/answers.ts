import type { Violation } from '../journal/types.ts';
import { at, type Evidence } from './evidence.ts';

const RULE = 'the API says that it is unavailable, and when to come again, rather than fail';

/**
 * A 502 is the gateway's word for a function that died in the middle. Of a request that ran out of time the API says so, and
 * to look before it is sent again: what it should have stored may be there.
 */
export function checkAnswers({ journal }: Evidence): Violation[] {
  return journal.answers.flatMap(({ what, atMs, status, code, hasRetryAfter }) => {
    if (status === 500) return [{ rule: RULE, detail: `${what} was answered 500 at ${at(atMs)}` }];
    if (status === 503 && !hasRetryAfter && code !== 'TIMED_OUT')
      return [{ rule: RULE, detail: `${what} was answered 503 without Retry-After at ${at(atMs)}` }];
    return [];
  });
}
