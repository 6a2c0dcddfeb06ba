import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { creating, exampleJob, useTarget } from '../../components/first-run/example.ts';
import { PasteCommand } from '../../components/paste-command.tsx';

/** No group has a failure, or no job has a group. */
export const NoGroups = ({ isOfFailures, onAll }: { isOfFailures: boolean; onAll: () => void }) => {
  const target = useTarget();
  return isOfFailures ? (
    <EmptyState icon="success" title="No group has a failed execution">
      <Button onClick={onAll}>Show all groups</Button>
    </EmptyState>
  ) : (
    <EmptyState icon="groups" title="No job has a group">
      <p>
        Give jobs a <code>group</code> to count them together, and to pause them together.
      </p>
      <PasteCommand request={creating({ ...exampleJob(target.url), group: 'hello' })}>
        This creates a job in a group.
      </PasteCommand>
    </EmptyState>
  );
};
