import type { APIGatewayProxyResult } from 'aws-lambda';
import { preflight } from '../../lib/topology.ts';

/**
 * Returns the answer of API Gateway to a preflight, as `infra/constructs/rest-api.ts` configures it. Every caller receives 204.
 * An origin that may not call the API receives another origin in the header.
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
