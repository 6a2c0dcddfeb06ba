import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiKeyAccess, ApiKeyScope, Caller } from '../../domain/api-key.ts';
import { ForbiddenError, TokenTooPowerfulError, UnauthorizedError } from '../errors.ts';
import type { ResolveKey } from './api-key-cache.ts';
import type { ApiMiddleware } from './api-middleware.ts';
import type { CountRequest } from './rate-limit.ts';

/**
 * Accepts a request if its key has the scope (`any` requires none) and has not sent too many requests. Header names must be
 * in lower case.
 *
 * @param keyIn where the key may be, in addition to a header. @param onLetIn receives the key of an accepted request.
 */
export function authenticate(
  { scope, keyIn }: { scope: ApiKeyScope | 'any'; keyIn?: 'query' | undefined },
  {
    resolveKey,
    countRequest,
    onLetIn,
  }: {
    resolveKey: ResolveKey;
    countRequest: CountRequest;
    onLetIn: (event: APIGatewayProxyEvent, caller: Caller) => void;
  },
): ApiMiddleware {
  return {
    before: async ({ event }) => {
      const { authorization, 'x-api-key': ownHeader } = event.headers;
      const inHeader = bearerToken(authorization) ?? ownHeader;
      const inQuery = keyIn === 'query' ? event.queryStringParameters?.['token'] : undefined;
      const key = inHeader ?? inQuery;
      if (!key) throw new UnauthorizedError(authorization ? 'wrong scheme' : 'missing');
      const apiKey = await resolveKey(key);
      if (apiKey === undefined) throw new UnauthorizedError('unknown');
      // The request is counted before the scope is checked, so that requests without the scope count as well.
      await countRequest(event, apiKey);
      if (scope !== 'any' && !apiKey.scopes.includes(scope)) throw new ForbiddenError(scope);
      if (inHeader === undefined && !hasOnly(apiKey, scope)) throw new TokenTooPowerfulError(scope);
      onLetIn(event, apiKey);
    },
  };
}

const hasOnly = ({ scopes }: Pick<ApiKeyAccess, 'scopes'>, scope: string): boolean =>
  scopes.every((one) => one === scope);

/**
 * Returns the Bearer token. It has precedence over X-API-Key, because API Gateway with a usage plan takes that header
 * for one of its own keys. Returns undefined for any other scheme, which may be meant for a proxy.
 */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(.+)$/i.exec(authorization ?? '')?.[1];
}
