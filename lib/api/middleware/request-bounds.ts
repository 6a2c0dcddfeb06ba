import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HeadersTooLargeError, UriTooLongError } from '../../domain/errors.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** A path with an id and the few parameters there are need a tenth. */
const MAX_URI_LENGTH = 2_048;
/** API Gateway takes 10,240 bytes of a client and adds its own; Node, on one machine, takes 16,384. */
const MAX_HEADERS = { count: 100, sizeBytes: 12_288 };

/** Refuses what is absurdly large before anything looks at it. The body's bound is its reader's. */
export function requestBounds(): ApiMiddleware {
  return {
    before: ({ event }) => {
      const { path, multiValueQueryStringParameters: query } = event;
      if (path.length + measure(query).length > MAX_URI_LENGTH) throw new UriTooLongError(MAX_URI_LENGTH);
      const headers = measure(headersOf(event));
      if (headers.count > MAX_HEADERS.count || headers.length > MAX_HEADERS.sizeBytes)
        throw new HeadersTooLargeError(MAX_HEADERS);
    },
  };
}

type Values = Record<string, string[] | string | undefined>;

/** Those that came more than once stand in the second alone, each in full. */
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
