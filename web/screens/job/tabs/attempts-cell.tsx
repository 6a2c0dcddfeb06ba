import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../api/client.ts';
import type { Execution } from '../../../api/types.ts';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { Time } from '../../../components/time.tsx';
import { formatDuration } from '../../../time/spans.ts';
import * as styles from './attempts-cell.module.css';

/** How many requests were sent, and what the last one met. Several attempts open to a list. */
export const AttemptsCell = ({ execution }: { execution: Execution }) => {
  const { id, retryCount, statusCode, errorMessage, reason, startedAt, skipped } = execution;
  const [isOpen, setOpen] = useState(false);
  const outcome = errorMessage ?? reason ?? (statusCode === null ? '' : `HTTP ${statusCode}`);
  if (skipped !== null) return '–';
  if (retryCount === 0) {
    return (
      <span className={styles.outcome} title={outcome}>
        {startedAt !== null && '1 · '}
        {outcome}
      </span>
    );
  }
  return (
    <div className={styles.cell}>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={isOpen}
        aria-label={`Attempts of execution ${id}`}
        onClick={() => setOpen(!isOpen)}
      >
        {retryCount + 1} · {outcome}
      </button>
      {isOpen && <Attempts id={id} retryCount={retryCount} />}
    </div>
  );
};

const Attempts = ({ id, retryCount }: { id: number; retryCount: number }) => {
  const { data, error } = useQuery({
    queryKey: ['executions', 'one', id, retryCount],
    queryFn: ({ signal }) => api.get('/api/v1/executions/{id}', { path: { id }, signal }),
  });
  if (error !== null) return <p>The attempts could not be read: {error.message}</p>;
  return (
    <ol className={styles.attempts} aria-busy={data === undefined}>
      {data?.attempts.map((attempt) => (
        <li key={attempt.number}>
          <StatusBadge status={attempt.status} />
          {attempt.startedAt !== null && <Time at={attempt.startedAt} look="instant" />}
          <span className={styles.outcome}>
            {attempt.errorMessage ?? (attempt.statusCode === null ? '' : `HTTP ${attempt.statusCode}`)}
          </span>
          {attempt.durationMs !== null && <span>{formatDuration(attempt.durationMs)}</span>}
        </li>
      ))}
    </ol>
  );
};
