import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { FailureGroup } from '../../api/types.ts';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';
import * as styles from './failure-screen.module.css';

const RedriveDialog = lazy(async () => ({
  default: (await import('./redrive-dialog.tsx')).RedriveDialog,
}));

/** What can be done with the failures of a cause. */
export const FailureActions = ({ group }: { group: FailureGroup }) => {
  const { canWrite } = useScopes();
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Link to="/executions" search={{ status: 'FAILED', host: group.host }} className={styles.link}>
        Failed executions of the host
      </Link>
      {canWrite && (
        <Button look="primary" icon="retrying" onClick={() => setAsked(true)}>
          Redrive
        </Button>
      )}
      {isAsked && (
        <Suspense>
          <RedriveDialog group={group} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </>
  );
};
