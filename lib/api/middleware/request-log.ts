import type { Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Clock } from '../../domain/clock.ts';
import { routePath } from '../route-table.ts';
import type { FunctionLogger } from '../../logger.ts';
import type { ApiMiddleware } from './api-middleware.ts';

type ApiRequest = Request<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** Logs one line per request. Use this middleware first, so that it sees the response that the others have made. */
export function requestLog({ logger, clock }: { logger: FunctionLogger; clock: Clock }): ApiMiddleware {
  const startedAtMs = new WeakMap<ApiRequest, number>();
  const log = (request: ApiRequest) => {
    const { httpMethod, path, requestContext } = request.event;
    const nowMs = clock.nowMs();
    logger.info('request', {
      method: httpMethod,
      // This is the pattern of the route, because a path from a stranger may contain anything.
      route: routePath(path) ?? null,
      status: request.response?.statusCode,
      durationMs: nowMs - (startedAtMs.get(request) ?? nowMs),
      requestId: requestContext.requestId,
    });
  };
  return {
    before: (request) => {
      logger.startInvocation(request.context.awsRequestId);
      startedAtMs.set(request, clock.nowMs());
    },
    after: log,
    onError: log,
  };
}
