import type { ApiKeyAccess } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Admission, Admit, RateLimit } from '../redis/admit.ts';

/** A healthy Redis answers within 1 ms. A request is not to wait longer than this for one that is not. */
const ANSWERS_WITHIN_MS = 100;
/** After a failure nobody asks for so long: of 100 requests a second one in 500 waits, which leaves the API its p99. */
const PAUSE_MS = 5_000;
const LOGGED_EVERY_MS = 60_000;

/** Ends the wait without an exception and its stack. */
const ANSWERED = Symbol('answered');

export type LimitRate = (
  apiKey: ApiKeyAccess,
) => Promise<{ limit: RateLimit; admission: Admission | undefined }>;

/**
 * Counts a request against the limit of its key. The admission is undefined while Redis does not answer: the API goes on
 * without limits then, and the log says so once a minute.
 */
export function makeLimitRate(deps: {
  admit: Admit;
  rateLimit: RateLimit;
  clock: Clock;
  logger: Logger;
}): LimitRate {
  const { admit, rateLimit, clock, logger } = deps;
  let failedAtMs: number | undefined;
  let loggedAtMs: number | undefined;

  const fail = (error: unknown, nowMs: number): void => {
    failedAtMs = nowMs;
    if (isWithin(LOGGED_EVERY_MS, loggedAtMs, nowMs)) return;
    loggedAtMs = nowMs;
    logger.warn('rate_not_limited', { error: errorField(error) });
  };

  return async (apiKey) => {
    const limit = limitOf(apiKey, rateLimit);
    const nowMs = clock.nowMs();
    if (isWithin(PAUSE_MS, failedAtMs, nowMs)) return { limit, admission: undefined };
    try {
      const asked = admit({ apiKeyId: apiKey.id, limit, nowMs });
      const admission = await inTime(asked, { clock, untilMs: nowMs + ANSWERS_WITHIN_MS });
      if (admission === undefined) fail(new Error(`no answer within ${ANSWERS_WITHIN_MS} ms`), nowMs);
      return { limit, admission };
    } catch (error) {
      fail(error, nowMs);
      return { limit, admission: undefined };
    }
  };
}

/** A key with a rate of its own has a burst in the same proportion. */
function limitOf({ rateLimitPerSecond }: ApiKeyAccess, { perSecond, burst }: RateLimit): RateLimit {
  if (rateLimitPerSecond === null) return { perSecond, burst };
  return { perSecond: rateLimitPerSecond, burst: Math.ceil((rateLimitPerSecond * burst) / perSecond) };
}

/** A clock that was set back must not make it last. */
function isWithin(ms: number, sinceMs: number | undefined, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs >= sinceMs && nowMs - sinceMs < ms;
}

/** Undefined when it is not there in time. What comes later, an error too, is nobody's: the client bounds the command. */
async function inTime<T>(
  work: Promise<T>,
  { clock, untilMs }: { clock: Clock; untilMs: number },
): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([work, clock.sleepUntil(untilMs, timer.signal).then(() => undefined)]);
  } finally {
    timer.abort(ANSWERED);
    work.catch(() => {});
  }
}
