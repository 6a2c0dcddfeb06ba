import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import * as styles from './error-state.module.css';
import { Icon } from './icon.tsx';

type Props = {
  /** What could not be done, such as `The jobs could not be read`. */
  title: string;
  error: unknown;
  onRetry?: () => void;
  /** What else to know, below the remedy. */
  children?: ReactNode;
};

/** The answers that another try may change. */
const remedies: Record<string, string> = {
  TIMED_OUT: 'Narrow the filter, which still works, or try again.',
  UNAVAILABLE: 'A part of Belfry cannot be reached. It is tried again by itself.',
  FORBIDDEN: 'Sign in with a key that has the scope.',
};

/** Describes a failure and what to do. It leaves the rest of the screen as it is. */
export const ErrorState = ({ title, error, onRetry, children }: Props) => {
  const { code, requestId, fields } =
    error instanceof ApiError ? error : { code: '', requestId: null, fields: [] };
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div className={styles.error} role="alert">
      <Icon name="failures" />
      <div>
        <h2>{title}</h2>
        <p>{message}</p>
        {fields
          // The message of a single wrong field is the message of the error.
          .filter((each) => !message.includes(each.message))
          .map((each) => (
            <p key={each.field}>
              <code>{each.field}</code> {each.message}
            </p>
          ))}
        {remedies[code] !== undefined && <p>{remedies[code]}</p>}
        {children}
        {requestId !== null && (
          <p className={styles.request}>
            Request <code>{requestId}</code>
          </p>
        )}
      </div>
      {onRetry !== undefined && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
};
