import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';

/** No group has a failure, or no job has a group. */
export const NoGroups = ({ isOfFailures, onAll }: { isOfFailures: boolean; onAll: () => void }) =>
  isOfFailures ? (
    <EmptyState icon="success" title="No group has a failed execution">
      <Button onClick={onAll}>Show all groups</Button>
    </EmptyState>
  ) : (
    <EmptyState icon="groups" title="No job has a group">
      <p>
        Give jobs a <code>group</code> to count them together, and to pause them together.
      </p>
    </EmptyState>
  );
