import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../components/error-state.tsx';
import { Screen } from '../components/screen.tsx';

/** Shows in the place of a screen that failed. */
export const ScreenError = ({ error, reset }: ErrorComponentProps) => (
  <Screen title="This page failed">
    <ErrorState title="The page could not be shown" error={error} onRetry={reset} />
  </Screen>
);
