import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { ownKeyQuery } from '../../api/queries.ts';
import { signOut } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Nav } from './nav.tsx';
import { ScopeGate } from './scope-gate.tsx';
import { ShellKeys } from './shell-keys.tsx';
import * as styles from './shell.module.css';
import { SkipLink } from './skip-link.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame of all screens. It shows when the key is known. */
export const Shell = () => {
  const { error, isSuccess, refetch } = useQuery(ownKeyQuery);
  if (error !== null) {
    return (
      <main className={styles.failed}>
        <ErrorState title="Signing in failed" error={error} onRetry={() => void refetch()} />
        <Button onClick={() => signOut()}>Sign in with another key</Button>
      </main>
    );
  }
  if (!isSuccess) return <main className={styles.failed} aria-busy="true" aria-label="Belfry" />;
  return (
    <div className={styles.shell}>
      <SkipLink />
      <Nav />
      <div className={styles.content}>
        <TopBar />
        <Suspense>
          <ScopeGate>
            <Outlet />
          </ScopeGate>
        </Suspense>
      </div>
      <ShellKeys />
    </div>
  );
};
