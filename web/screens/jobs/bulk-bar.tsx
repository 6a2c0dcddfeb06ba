import { Button } from '../../components/button.tsx';
import { actionWords, bulkActions, type BulkAction, countJobs } from '../../components/bulk/actions.ts';
import * as styles from './bulk-bar.module.css';
import type { BulkTarget } from '../../components/bulk/target.ts';

type Props = {
  target: BulkTarget;
  onAct: (action: BulkAction) => void;
  /** Given where all rows of the page are ticked and there may be more jobs. */
  onAll: (() => void) | undefined;
  onClear: () => void;
};

/** The actions for the jobs that are selected. */
export const BulkBar = ({ target, onAct, onAll, onClear }: Props) => (
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
        <Button key={each} icon={actionWords[each].icon} onClick={() => onAct(each)}>
          {actionWords[each].label}
        </Button>
      ))}
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  </section>
);
