import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { ownKeyQuery, useRefresh } from '../../api/queries.ts';
import { usePage } from '../../api/use-page.ts';
import type { ApiKey } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Pager } from '../../components/pager.tsx';
import { ReadError } from '../../components/read-error.tsx';
import { Table } from '../../components/table/table.tsx';
import { usePages } from '../../components/use-pages.ts';
import { countOf } from '../../time/format.ts';
import { useNow } from '../../time/now.ts';
import { makeKeyColumns } from './key-columns.tsx';
import { stateOfKey } from './key-state.ts';
import * as styles from './keys-screen.module.css';
import { keysPageQuery } from './queries.ts';

const NewKeyDialog = lazy(async () => ({ default: (await import('./new-key-dialog.tsx')).NewKeyDialog }));
const RevokeKeyDialog = lazy(async () => ({
  default: (await import('./revoke-key-dialog.tsx')).RevokeKeyDialog,
}));

const route = getRouteApi('/keys');

/** The keys of the API: create one, revoke one. */
export const ApiKeys = () => {
  const { ended, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const ownId = useSuspenseQuery(ownKeyQuery).data.id;
  const read = usePage(useQuery({ ...keysPageQuery(cursor), ...useRefresh() }));
  const [isNew, setNew] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey>();
  const columns = useMemo(() => makeKeyColumns({ ownId, onRevoke: setRevoked }), [ownId]);
  const pages = usePages(
    cursor,
    (next) =>
      void navigate({
        to: '/keys',
        search: { ...(ended !== undefined && { ended }), ...(next !== undefined && { cursor: next }) },
      }),
  );
  const keys = read.page?.items.filter((key) => ended === 'shown' || stateOfKey(key, now) === 'VALID');
  return (
    <div className={styles.part}>
      <header className={styles.header}>
        <h2>API keys</h2>
        <Button look="primary" icon="plus" onClick={() => setNew(true)}>
          New key
        </Button>
      </header>
      <ReadError title="The keys could not be read" read={read} />
      {(keys !== undefined || read.error === null) && (
        <>
          <Table
            label="API keys"
            columns={columns}
            rows={keys}
            keyOf={({ id }) => id}
            nameOf={({ name }) => name}
            isStale={read.isStale}
            isOld={read.isOld}
          />
          <Pager {...pages} nextCursor={read.nextCursor}>
            {keys === undefined ? undefined : countOf(keys.length, 'key')}
          </Pager>
        </>
      )}
      <Suspense>
        {isNew && <NewKeyDialog onClose={() => setNew(false)} />}
        {revoked !== undefined && (
          <RevokeKeyDialog
            apiKey={revoked}
            isOwn={revoked.id === ownId}
            onClose={() => setRevoked(undefined)}
          />
        )}
      </Suspense>
    </div>
  );
};
