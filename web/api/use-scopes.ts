import { useSuspenseQuery } from '@tanstack/react-query';
import { ownKeyQuery } from './queries.ts';

/** What the key of the session allows. The server refuses the rest; the page does not show it. */
export function useScopes(): { canRead: boolean; canWrite: boolean; isAdmin: boolean } {
  const { scopes } = useSuspenseQuery(ownKeyQuery).data;
  return {
    canRead: scopes.includes('read'),
    canWrite: scopes.includes('write'),
    isAdmin: scopes.includes('admin'),
  };
}
