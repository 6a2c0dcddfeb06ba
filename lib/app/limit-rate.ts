import type { ApiKeyAccess } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import { errorField, type Logger } from '../logger.ts';
import type { Admission, Admit, RateLimit } from '../redis/admit.ts';

/** A request waits no longer than this for Redis. A healthy Redis responds within 1 ms. */
const ANSWERS_WITHIN_MS = 100;
/**
 * After a failure, Redis is not asked for this long. At 100 requests per second, only 1 in 500 waits, which does not
 * affect the p99 of the API.
 */
const PAUSE_MS = 5_000;
const LOGGED_EVERY_MS = 60_000;

/** The reason to abort the timer with. It avoids an exception with a stack trace. */
const ANSWERED = Symbol('answered');

export type LimitRate = (
  apiKey: Pick<ApiKeyAccess, 'id' | 'rateLimitPerSecond'>,
) => Promise<{ limit: RateLimit; admission: Admission | undefined }>;

/**
 * Counts a request against the limit of its key. The admission is undefined while Redis does not respond: the API then
 * continues without limits, and logs it once a minute.
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

/** Returns the limit of a key. If the key has its own rate, the burst is scaled in proportion. */
function limitOf(
  { rateLimitPerSecond }: Pick<ApiKeyAccess, 'rateLimitPerSecond'>,
  { perSecond, burst }: RateLimit,
): RateLimit {
  if (rateLimitPerSecond === null) return { perSecond, burst };
  return { perSecond: rateLimitPerSecond, burst: Math.ceil((rateLimitPerSecond * burst) / perSecond) };
}

/**
 * Tells whether less than `ms` have passed. It is false after the clock was set back, so that no pause lasts too long.
 */
function isWithin(ms: number, sinceMs: number | undefined, nowMs: number): boolean {
  return sinceMs !== undefined && nowMs >= sinceMs && nowMs - sinceMs < ms;
}

/**
 * Returns undefined if the work takes too long. Its later result or error is ignored; the client limits the command.
 */
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
