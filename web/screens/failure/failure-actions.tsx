import { lazy, Suspense, useState } from 'react';
import type { FailureGroup } from '../../api/types.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';

const RedriveDialog = lazy(async () => ({
  default: (await import('./redrive-dialog.tsx')).RedriveDialog,
}));
const MarkDialog = lazy(async () => ({ default: (await import('./mark-dialog.tsx')).MarkDialog }));

/** What can be done with the failures of a cause. */
export const FailureActions = ({ group }: { group: FailureGroup }) => {
  const { canWrite } = useScopes();
  const [asked, setAsked] = useState<'redrive' | 'ignore' | 'resolve' | 'reopen'>();
  const close = () => setAsked(undefined);
  return (
    <>
      {canWrite && (
        <>
          {group.state !== 'OPEN' && <Button onClick={() => setAsked('reopen')}>Reopen</Button>}
          {group.state !== 'IGNORED' && (
            <Button icon="paused" onClick={() => setAsked('ignore')}>
              Ignore
            </Button>
          )}
          {group.state !== 'RESOLVED' && (
            <Button icon="success" onClick={() => setAsked('resolve')}>
              Resolve
            </Button>
          )}
          <Button look="primary" icon="retrying" onClick={() => setAsked('redrive')}>
            Redrive
          </Button>
        </>
      )}
      <Suspense>
        {asked === 'redrive' && <RedriveDialog group={group} onClose={close} />}
        {asked !== undefined && asked !== 'redrive' && (
          <MarkDialog group={group} mark={asked} onClose={close} />
        )}
      </Suspense>
    </>
  );
};
