import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Caller } from '../domain/api-key.ts';
import type { By } from '../domain/audit-log.ts';
import { parseTraceparent } from '../domain/trace.ts';
import { readReason, REASON_HEADER } from './reason-header.ts';

/**
 * Returns the maker and the reason of the change in a request. Header names must be in lower case.
 *
 * @throws ValidationError when the reason cannot be read.
 */
export function byOf({ headers }: Pick<APIGatewayProxyEvent, 'headers'>, { id, name }: Caller): By {
  const reason = readReason(headers[REASON_HEADER.toLowerCase()]);
  const traceparent = parseTraceparent(headers['traceparent']);
  return {
    actor: { type: 'API_KEY', id, name },
    ...(reason !== undefined && { reason }),
    ...(traceparent !== undefined && { traceparent }),
  };
}
