import { useSuspenseQuery } from '@tanstack/react-query';
import { ownKeyQuery } from '../../api/queries.ts';
import { navEntries, type NavEntry } from './nav-entries.ts';

/** The screens that the key may see. */
export function useNav(): readonly NavEntry[] {
  const { scopes } = useSuspenseQuery(ownKeyQuery).data;
  return navEntries.filter(({ scope }) => scopes.includes(scope));
}
