import { Link } from '@tanstack/react-router';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';
import * as styles from './no-executions.module.css';

/** An empty list: either nothing fits the filter, or no job has run yet. */
export const NoExecutions = ({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) => {
  const target = useTarget();
  return isFiltered ? (
    <EmptyState icon="search" title="No execution fits the filter">
      <Button onClick={onClear}>Clear the filter</Button>
    </EmptyState>
  ) : (
    <EmptyState icon="executions" title="Nothing has run yet">
      <p>
        Executions show here as soon as a job runs. See the{' '}
        <Link to="/jobs" className={styles.link}>
          jobs
        </Link>{' '}
        for their next times.
      </p>
      <PasteCommand request={creating(exampleJob(target.url))}>Or create a job that runs soon.</PasteCommand>
    </EmptyState>
  );
};
