import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { signOut } from '../../api/session.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Screen } from '../../components/screen.tsx';
import { navEntries } from './nav-entries.ts';

/** Shows a screen only to keys that may read what it shows: without the scope, the API would refuse its requests. */
export const ScopeGate = ({ children }: { children: ReactNode }) => {
  const { pathname } = useLocation();
  const { canRead, isAdmin } = useScopes();
  const entry = navEntries.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  const scope = entry?.scope ?? 'read';
  if (scope === 'read' ? canRead : isAdmin) return children;
  return (
    <Screen title={entry?.label ?? 'Belfry'}>
      <EmptyState icon="keys" title={`This key does not have the scope ${scope}`}>
        <p>Use one of the screens that show at the left, or a key that has the scope.</p>
        <Button onClick={() => signOut()}>Sign in with another key</Button>
      </EmptyState>
    </Screen>
  );
};
