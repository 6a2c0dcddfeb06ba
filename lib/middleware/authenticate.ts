import { ForbiddenError, UnauthorizedError } from '../domain/errors.ts';
import type { ApiKey } from './api-key-cache.ts';
import type { ApiMiddleware } from './api-middleware.ts';

/** Lets a request pass whose X-API-Key has the scope. Expects header names in lower case. */
export function authenticate(
  scope: 'read' | 'write',
  resolveKey: (key: string) => Promise<ApiKey | undefined>,
): ApiMiddleware {
  return {
    before: async ({ event }) => {
      const key = event.headers['x-api-key'];
      const apiKey = key ? await resolveKey(key) : undefined;
      if (apiKey === undefined) throw new UnauthorizedError();
      if (!apiKey.scopes.includes(scope)) throw new ForbiddenError(scope);
    },
  };
}
