import type { ReactNode } from 'react';
import { useScopes } from '../api/use-scopes.ts';
import { EmptyState } from './empty-state.tsx';

/** Shows its content to keys with the scope admin alone. The server refuses the others, too. */
export const NeedsAdmin = ({ children }: { children: ReactNode }) => {
  const { isAdmin } = useScopes();
  if (isAdmin) return children;
  return (
    <EmptyState icon="keys" title="Only for keys with the scope admin">
      <p>Sign in with a key that has the scope to see this screen.</p>
    </EmptyState>
  );
};
