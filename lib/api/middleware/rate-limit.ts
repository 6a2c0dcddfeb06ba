import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { LimitRate } from '../../app/limit-rate.ts';
import type { ApiKeyAccess } from '../../domain/api-key.ts';
import { RateLimitedError } from '../errors.ts';
import { rateLimitHeaders, retryAfterSeconds } from '../rate-limit-headers.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/**
 * Counts one request against the limit of its key. A batch counts as one request.
 *
 * @throws RateLimitedError
 */
export type CountRequest = (event: APIGatewayProxyEvent, apiKey: ApiKeyAccess) => Promise<void>;

/**
 * Makes the two parts of the rate limit. Call `countRequest` when the key is known. The middleware `headers` adds the
 * rate-limit headers to every response; use it before the middleware that makes error responses.
 */
export function makeRateLimit(limitRate: LimitRate): { countRequest: CountRequest; headers: ApiMiddleware } {
  const headersOf = new WeakMap<APIGatewayProxyEvent, Record<string, string>>();
  const add: NonNullable<ApiMiddleware['after']> = ({ event, response }) => {
    if (response) response.headers = { ...response.headers, ...headersOf.get(event) };
  };
  return {
    countRequest: async (event, apiKey) => {
      const { limit, admission } = await limitRate(apiKey);
      headersOf.set(event, rateLimitHeaders(limit, admission));
      if (admission?.isAdmitted === false) throw new RateLimitedError(retryAfterSeconds(admission));
    },
    headers: { after: add, onError: add },
  };
}
