import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ApiKeyScope } from '../../domain/api-key.ts';
import { ForbiddenError, UnauthorizedError } from '../errors.ts';
import type { ResolveKey } from './api-key-cache.ts';
import type { ApiMiddleware } from './api-middleware.ts';
import type { CountRequest } from './rate-limit.ts';

/**
 * Lets a request pass whose key has the scope, and has not sent too many. Expects header names in lower case.
 *
 * @param onLetIn hears what else the key of such a request allows.
 */
export function authenticate(
  scope: ApiKeyScope,
  {
    resolveKey,
    countRequest,
    onLetIn,
  }: {
    resolveKey: ResolveKey;
    countRequest: CountRequest;
    onLetIn: (event: APIGatewayProxyEvent, scopes: readonly string[]) => void;
  },
): ApiMiddleware {
  return {
    before: async ({ event }) => {
      const { authorization, 'x-api-key': ownHeader } = event.headers;
      const key = bearerToken(authorization) ?? ownHeader;
      if (!key) throw new UnauthorizedError(authorization ? 'wrong scheme' : 'missing');
      const apiKey = await resolveKey(key);
      if (apiKey === undefined) throw new UnauthorizedError('unknown');
      // Before the scope: a key that asks for what it may not have counts too.
      await countRequest(event, apiKey);
      if (!apiKey.scopes.includes(scope)) throw new ForbiddenError(scope);
      onLetIn(event, apiKey.scopes);
    },
  };
}

/**
 * A key that is sent as a Bearer token goes before X-API-Key: where there is a usage plan, API Gateway takes that header
 * for a key of its own. Undefined for any other scheme, which may be meant for somebody in between.
 */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(.+)$/i.exec(authorization ?? '')?.[1];
}
