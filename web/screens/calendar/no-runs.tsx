import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';

/** No job runs in the week that shows. */
export const NoRuns = () => {
  const target = useTarget();
  return (
    <EmptyState icon="calendar" title="No run in these days">
      <PasteCommand request={creating(exampleJob(target.url))}>
        Resume a job, or create one that runs soon.
      </PasteCommand>
    </EmptyState>
  );
};
