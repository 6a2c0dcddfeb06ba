// oxlint-disable-next-line import/no-named-as-default -- its types have no named export
import middy from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Caller } from '../../lib/domain/api-key.ts';
import { makeLimitRate } from '../../lib/app/limit-rate.ts';
import { MethodNotAllowedError, NotFoundError, TimedOutError } from '../../lib/api/errors.ts';
import { type Keep, keepNothing, serveOnce } from '../../lib/api/idempotency.ts';
import { slashHint } from '../../lib/api/path-key.ts';
import { allowedMethods, routeKey, shadowedRoutes } from '../../lib/api/route-table.ts';
import { makeApiKeyCache } from '../../lib/api/middleware/api-key-cache.ts';
import { authenticate } from '../../lib/api/middleware/authenticate.ts';
import { cors } from '../../lib/api/middleware/cors.ts';
import { openRouteLimit } from '../../lib/api/middleware/open-route-limit.ts';
import { problemResponses } from '../../lib/api/middleware/problem-responses.ts';
import { makeRateLimit } from '../../lib/api/middleware/rate-limit.ts';
import { requestBounds } from '../../lib/api/middleware/request-bounds.ts';
import { requestLog } from '../../lib/api/middleware/request-log.ts';
import { responseHeaders } from '../../lib/api/middleware/response-headers.ts';
import { methodsOf, openRouteLimit as openRouteRate, routes } from '../../lib/topology.ts';
import type { ApiDeps } from '../compose/api-deps.ts';
import { makeEndpoints } from './endpoints.ts';

/** Time left to answer before the function's timeout. The caller then receives Belfry's 503, not the gateway's bare 504. */
const RESERVE_MS = 500;

type ApiHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Stands for the API key on the open routes, which need none. */
const NO_CALLER: Caller = { id: 0, name: '', scopes: [] };

/** Makes the API function. It opens no connection before its first request. */
export function makeHandler(deps: ApiDeps): ApiHandler {
  const endpoints = makeEndpoints(deps);
  const rateLimit = makeRateLimit(makeLimitRate(deps));
  const callerOf = new WeakMap<APIGatewayProxyEvent, Caller>();
  const keys = {
    resolveKey: makeApiKeyCache(deps),
    countRequest: rateLimit.countRequest,
    onLetIn: (event: APIGatewayProxyEvent, caller: Caller) => callerOf.set(event, caller),
  };

  const served = routes.flatMap((route) => {
    const endpoint = middy<APIGatewayProxyEvent, APIGatewayProxyResult>({ timeoutEarlyInMillis: 0 });
    if (route.scope === null) {
      endpoint.use(openRouteLimit(openRouteRate, deps));
    } else {
      // The check asks PostgreSQL for the time. An open route does no check, because it must not wake PostgreSQL.
      endpoint.before(() => deps.checkClock());
      // Checks the key before the body is read.
      endpoint.use(authenticate(route, keys));
    }
    const serve = endpoints[routeKey(route)];
    const handler = endpoint.handler((event) => {
      const caller = callerOf.get(event) ?? NO_CALLER;
      const serveBy = (keep: Keep) => serve(event, caller, keep);
      if (route.method !== 'POST') return serveBy(keepNothing);
      return serveOnce({ event, caller, route: routeKey(route) }, deps.claimRequest, serveBy);
    });
    return methodsOf(route).map((method) => ({ method, path: route.path, handler }));
  });
  // Refuses methods that `/jobs/batch` does not have. Without these routes, the router would take `batch` for a job's id. It takes
  // the first route that matches.
  const shadowed = shadowedRoutes.map((route) => ({
    ...route,
    handler: async ({ path }: APIGatewayProxyEvent) => refuse({ ...route, path }),
  }));

  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>({
    timeoutEarlyInMillis: RESERVE_MS,
    timeoutEarlyResponse: () => {
      throw new TimedOutError();
    },
  })
    .use(requestLog(deps))
    .use(responseHeaders())
    .use(deps.corsOrigins === undefined ? [] : cors(deps.corsOrigins))
    .use(rateLimit.headers)
    .use(problemResponses(deps))
    .use(requestBounds())
    .use(httpHeaderNormalizer())
    .handler(httpRouter({ routes: [...shadowed, ...served], notFoundResponse: refuse }));
}

function refuse({ method, path }: { method: string; path: string }): never {
  const allowed = allowedMethods(path);
  const hint = slashHint(path);
  throw allowed.length > 0
    ? new MethodNotAllowedError(method, path, allowed, hint)
    : new NotFoundError(path, hint);
}
