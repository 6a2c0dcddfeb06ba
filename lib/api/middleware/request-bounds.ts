import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HeadersTooLargeError, UriTooLongError } from '../errors.ts';
import { apiLimits } from '../limits.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/**
 * Refuses URLs and headers that are too large, before any other code reads them. The body is checked when it is read.
 */
export function requestBounds(): ApiMiddleware {
  return {
    before: ({ event }) => {
      const { path, multiValueQueryStringParameters: query } = event;
      if (path.length + measure(query).length > apiLimits.uriLength)
        throw new UriTooLongError(apiLimits.uriLength);
      const headers = measure(headersOf(event));
      if (headers.count > apiLimits.headers.count || headers.length > apiLimits.headers.sizeBytes)
        throw new HeadersTooLargeError(apiLimits.headers);
    },
  };
}

type Values = Record<string, string[] | string | undefined>;

/** Returns all headers. Only `multiValueHeaders` contains every value of a repeated header. */
const headersOf = (event: APIGatewayProxyEvent): Values => event.multiValueHeaders ?? event.headers ?? {};

function measure(values: Values | null): { count: number; length: number } {
  let count = 0;
  let length = 0;
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const one of [value ?? ''].flat()) {
      count += 1;
      length += name.length + one.length;
    }
  }
  return { count, length };
}
