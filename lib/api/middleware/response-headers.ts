import type { Request } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiMiddleware } from './api-middleware.ts';

/** Adds the headers of every response, including error responses. */
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
