import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { LimitRate } from '../../app/limit-rate.ts';
import type { ApiKeyAccess } from '../../domain/api-key.ts';
import { RateLimitedError } from '../errors.ts';
import { rateLimitHeaders, retryAfterSeconds } from '../rate-limit-headers.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** Counts one request, whatever it carries: a batch is one. @throws RateLimitedError */
export type CountRequest = (event: APIGatewayProxyEvent, apiKey: ApiKeyAccess) => Promise<void>;

/**
 * The limit of each key. `countRequest` is for where the key is known; `headers`, for around what makes responses of
 * errors, tells the caller how it stands, whatever became of the request.
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
