import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { signOut } from '../../api/session.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Screen } from '../../components/screen.tsx';
import { navEntries } from './nav-entries.ts';

/** The forms that change something. */
const FORMS = /^\/jobs\/(?:new|[^/]+\/edit)$/;

/** Shows a screen only to keys that may read what it shows: without the scope, the API would refuse its requests. */
export const ScopeGate = ({ children }: { children: ReactNode }) => {
  const { pathname } = useLocation();
  const { canRead, canWrite, isAdmin } = useScopes();
  const entry = navEntries.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  const has = { read: canRead, write: canWrite, admin: isAdmin };
  const needed = [entry?.scope ?? 'read', ...(FORMS.test(pathname) ? (['write'] as const) : [])] as const;
  const scope = needed.find((each) => !has[each]);
  if (scope === undefined) return children;
  return (
    <Screen title={entry?.label ?? 'Belfry'}>
      <EmptyState icon="keys" title={`This key does not have the scope ${scope}`}>
        <p>Use one of the screens that show at the left, or a key that has the scope.</p>
        <Button onClick={() => signOut()}>Sign in with another key</Button>
      </EmptyState>
    </Screen>
  );
};
