import { lazy, Suspense, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { actionWords, bulkActions, type BulkAction, countJobs } from '../../components/bulk/actions.ts';
import * as styles from './bulk-bar.module.css';
import type { BulkTarget } from '../../components/bulk/target.ts';

const BulkDialog = lazy(async () => ({
  default: (await import('../../components/bulk/bulk-dialog.tsx')).BulkDialog,
}));

type Props = {
  target: BulkTarget;
  /** Given where all rows of the page are ticked and there may be more jobs. */
  onAll: (() => void) | undefined;
  onClear: () => void;
};

/** The actions for the jobs that are selected. */
export const BulkBar = ({ target, onAll, onClear }: Props) => {
  const [action, setAction] = useState<BulkAction>();
  return (
    <section className={styles.bar} aria-label="Selected jobs">
      <p role="status">
        {target.kind === 'matching'
          ? 'All matching jobs selected'
          : `${countJobs(target.jobs.length)} selected`}
      </p>
      {onAll !== undefined && (
        <button type="button" className={styles.link} onClick={onAll}>
          Select all matching jobs
        </button>
      )}
      <div className={styles.actions}>
        {bulkActions.map((each) => (
          <Button key={each} icon={actionWords[each].icon} onClick={() => setAction(each)}>
            {actionWords[each].label}
          </Button>
        ))}
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
      </div>
      {action !== undefined && (
        <Suspense>
          <BulkDialog action={action} target={target} onClose={() => setAction(undefined)} />
        </Suspense>
      )}
    </section>
  );
};
