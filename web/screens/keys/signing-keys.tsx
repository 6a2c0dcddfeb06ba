import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import type { SigningKey } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Table } from '../../components/table/table.tsx';
import { useNow } from '../../time/now.ts';
import { stateOfKey } from './key-state.ts';
import * as styles from './keys-screen.module.css';
import { signingKeysQuery } from './queries.ts';
import { makeSigningKeyColumns } from './signing-key-columns.tsx';

const RotateDialog = lazy(async () => ({ default: (await import('./rotate-dialog.tsx')).RotateDialog }));
const RevokeSigningKeyDialog = lazy(async () => ({
  default: (await import('./revoke-signing-key-dialog.tsx')).RevokeSigningKeyDialog,
}));

const route = getRouteApi('/keys');

/** The keys that sign requests to targets: rotate them, read a secret, revoke one. */
export const SigningKeys = () => {
  const { ended } = route.useSearch();
  const now = useNow();
  const read = usePage(useQuery({ ...signingKeysQuery, ...useRefresh() }));
  const [isNew, setNew] = useState(false);
  const [revoked, setRevoked] = useState<SigningKey>();
  const columns = useMemo(() => makeSigningKeyColumns({ onRevoke: setRevoked }), []);
  const signing = read.page?.items.filter((key) => stateOfKey(key, now) === 'VALID');
  const keys = ended === 'shown' ? read.page?.items : signing;
  return (
    <div className={styles.part}>
      <header className={styles.header}>
        <h2>Signing keys</h2>
        {signing !== undefined && (
          <Button icon="retrying" onClick={() => setNew(true)}>
            {signing.length === 0 ? 'Create a signing key' : 'Rotate'}
          </Button>
        )}
      </header>
      <p className={styles.quiet}>
        Each request to a target is signed, so that the target can tell that it comes from here.
      </p>
      <ReadError title="The signing keys could not be read" read={read} />
      {keys?.length === 0 ? (
        <EmptyState icon="keys" title="No key signs">
          <p>Requests leave without a signature until there is one.</p>
        </EmptyState>
      ) : (
        (keys !== undefined || read.error === null) && (
          <Table
            label="Signing keys"
            columns={columns}
            rows={keys}
            keyOf={({ id }) => id}
            nameOf={({ id }) => `signing key ${id}`}
            isOld={read.isOld}
          />
        )
      )}
      <Suspense>
        {isNew && <RotateDialog isFirst={signing?.length === 0} onClose={() => setNew(false)} />}
        {revoked !== undefined && (
          <RevokeSigningKeyDialog signingKey={revoked} onClose={() => setRevoked(undefined)} />
        )}
      </Suspense>
    </div>
  );
};
