import type { APIGatewayProxyResult } from 'aws-lambda';
import { preflight } from '../lib/topology.ts';

/**
 * What API Gateway answers to a preflight, as `infra/constructs/rest-api.ts` sets it up: 204 to every caller, and an origin that is not
 * among those that may call is told another one.
 */
export function preflightReply(
  origins: readonly string[],
  origin: string | undefined,
): APIGatewayProxyResult {
  const [first = ''] = origins;
  return {
    statusCode: 204,
    headers: {
      'access-control-allow-origin': origin !== undefined && origins.includes(origin) ? origin : first,
      'access-control-allow-methods': preflight.methods.join(),
      'access-control-allow-headers': preflight.headers.join(),
      'access-control-max-age': String(preflight.maxAgeSeconds),
      ...(first !== '*' && { vary: 'Origin' }),
    },
    body: '',
  };
}
