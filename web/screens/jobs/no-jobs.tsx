import { Link } from '@tanstack/react-router';
import { useScopes } from '../../api/use-scopes.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';
import * as styles from './no-jobs.module.css';

type Props = {
  isFiltered: boolean;
  onClear: () => void;
  /** Given where finished jobs are hidden. */
  onShowFinished: (() => void) | undefined;
};

/** An empty list: either nothing fits the filter, or no job will run. */
export const NoJobs = ({ isFiltered, onClear, onShowFinished }: Props) => {
  const { canWrite } = useScopes();
  const target = useTarget();
  const showFinished = onShowFinished && <Button onClick={onShowFinished}>Show finished jobs</Button>;
  if (isFiltered) {
    return (
      <EmptyState icon="search" title="No job fits the filter">
        <Button onClick={onClear}>Clear the filter</Button>
        {showFinished}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="jobs"
      title={
        onShowFinished === undefined ? 'There is no job yet' : 'There is no job that is active or paused'
      }
    >
      <PasteCommand request={creating(exampleJob(target.url))}>
        {canWrite && (
          <>
            Create one by{' '}
            <Link to="/jobs/new" className={styles.link}>
              the form
            </Link>
            , or by a command.
          </>
        )}
      </PasteCommand>
      {showFinished}
    </EmptyState>
  );
};
