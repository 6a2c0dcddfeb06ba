import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Screen } from '../components/screen.tsx';

export const NotFound = () => (
  <Screen title="Not found">
    <EmptyState icon="search" title="There is no such page">
      <p>
        Go to the <Link to="/jobs">jobs</Link>, or press <kbd>?</kbd> for the shortcuts.
      </p>
    </EmptyState>
  </Screen>
);
