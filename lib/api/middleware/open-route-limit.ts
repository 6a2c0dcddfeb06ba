import type { Clock } from '../../domain/clock.ts';
import { RateLimitedError } from '../errors.ts';
import { makeTokenBucket } from '../../domain/token-bucket.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/**
 * The limit of one open route, over all its callers: they have no key to be told apart by. It is kept in this environment's
 * memory, so that a flood of such requests reaches neither PostgreSQL nor Redis.
 */
export function openRouteLimit(
  limit: { perSecond: number; burst: number },
  { clock }: { clock: Clock },
): ApiMiddleware {
  const bucket = makeTokenBucket(limit);
  return {
    before: () => {
      const waitMs = bucket.take(clock.nowMs());
      if (waitMs !== undefined) {
        throw new RateLimitedError(Math.max(1, Math.ceil(waitMs / 1_000)), 'this route');
      }
    },
  };
}
