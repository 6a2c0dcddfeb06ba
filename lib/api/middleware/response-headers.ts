import type { Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiMiddleware } from './api-middleware.ts';

/** Headers that every response has, whatever became of the request. */
export function responseHeaders(): ApiMiddleware {
  const add = ({ event, response }: Request<APIGatewayProxyEvent, APIGatewayProxyResult>) => {
    if (!response) return;
    response.headers = {
      ...response.headers,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': event.requestContext.requestId,
    };
  };
  return { after: add, onError: add };
}
