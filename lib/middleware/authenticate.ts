import { ForbiddenError, UnauthorizedError } from '../domain/errors.ts';
import type { ApiKey } from './api-key-cache.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** Lets a request pass whose key has the scope. Expects header names in lower case. */
export function authenticate(
  scope: 'read' | 'write',
  resolveKey: (key: string) => Promise<ApiKey | undefined>,
): ApiMiddleware {
  return {
    before: async ({ event }) => {
      const key = bearerToken(event.headers['authorization']) ?? event.headers['x-api-key'];
      const apiKey = key ? await resolveKey(key) : undefined;
      if (apiKey === undefined) throw new UnauthorizedError();
      if (!apiKey.scopes.includes(scope)) throw new ForbiddenError(scope);
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
