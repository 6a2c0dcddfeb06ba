import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';

/** An empty audit log: either nothing fits the filter, or nothing was changed yet. */
export const NoActivity = ({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) => {
  const target = useTarget();
  return isFiltered ? (
    <EmptyState icon="search" title="No change fits the filter">
      <Button onClick={onClear}>Clear the filter</Button>
    </EmptyState>
  ) : (
    <EmptyState icon="activity" title="Nothing was changed yet">
      <p>Each change of a job or a key shows here, with who made it and why.</p>
      <PasteCommand request={creating(exampleJob(target.url))}>This creates a job.</PasteCommand>
    </EmptyState>
  );
};
