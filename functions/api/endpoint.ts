import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Keep } from '../../lib/api/idempotency.ts';
import type { Caller } from '../../lib/domain/api-key.ts';

/**
 * Serves a route.
 *
 * @param caller the API key of the request; on an open route a key without scopes.
 * @param keep for a POST that changes something: makes the hook that its use case calls in its transaction.
 */
export type Endpoint = (
  event: APIGatewayProxyEvent,
  caller: Caller,
  keep: Keep,
) => Promise<APIGatewayProxyResult>;
