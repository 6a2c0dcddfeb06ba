import httpCors from '@middy/http-cors';
import type { ApiMiddleware } from './api-middleware.ts';

/** What a page may read of a response beside its body and type. */
const EXPOSED = 'Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';

/**
 * Lets pages of these origins, `*` being all, read the responses, those to bad requests too. No credentials: the key comes
 * in a header, never from a cookie. Preflights are not answered here: the gateway does, without a key and an invocation.
 * Use it before what makes a response of an error.
 */
export function cors(origins: readonly string[]): ApiMiddleware {
  return httpCors({ origins: [...origins], exposeHeaders: EXPOSED });
}
