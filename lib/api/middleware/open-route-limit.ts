import type { Clock } from '../../domain/clock.ts';
import { RateLimitedError } from '../errors.ts';
import { makeTokenBucket } from '../../domain/token-bucket.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/**
 * Limits the requests to an open route for all callers together, because without a key they cannot be distinguished.
 * The count is in the memory of this environment, so that a flood of such requests does not reach PostgreSQL or Redis.
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
