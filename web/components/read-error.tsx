import type { ReadPage } from '../api/use-page.ts';
import { ErrorState } from './error-state.tsx';
import { Time } from './time.tsx';

type Props = { title: string; read: ReadPage<unknown> };

/** Says why a list could not be read, and how old its rows are. The filter and the rows stay usable. */
export const ReadError = ({ title, read: { page, readAtMs, error, retry } }: Props) =>
  error !== null && (
    <ErrorState title={title} error={error} onRetry={retry}>
      {page !== undefined && (
        <p>
          The rows below are old: they were read <Time at={new Date(readAtMs).toISOString()} />, and may
          belong to another filter.
        </p>
      )}
    </ErrorState>
  );
