import httpCors from '@middy/http-cors';
import type { ApiMiddleware } from './api-middleware.ts';

/** The response headers that a web page may read in addition to the content type. */
const EXPOSED =
  'ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';

/**
 * Allows web pages of these origins (`*` for all) to read responses, including error responses. Credentials are not
 * allowed, because the key is in a header and never in a cookie. The gateway answers preflight requests, without a key
 * and without an invocation. Use this middleware before the one that makes error responses.
 */
export function cors(origins: readonly string[]): ApiMiddleware {
  return httpCors({ origins: [...origins], exposeHeaders: EXPOSED });
}
