import type { Execution } from '../../api/types.ts';
import { skippedWords } from '../../components/skipped-words.ts';
import { Time } from '../../components/time.tsx';
import { countOf } from '../../time/format.ts';
import * as styles from './outcome-cell.module.css';

/** What the target answered, or why there is no answer. */
export const OutcomeCell = ({ execution }: { execution: Execution }) => {
  const { status, statusCode, errorMessage, retryCount, dueAt, skipped } = execution;
  const retries = retryCount === 0 ? '' : ` after ${countOf(retryCount, 'retry', 'retries')}`;
  if (status === 'RETRYING')
    return (
      <span className={styles.outcome}>
        {errorMessage ?? 'It failed'}; next attempt <Time at={dueAt} />
      </span>
    );
  if (skipped !== null) return <span className={styles.outcome}>{skippedWords(skipped)}</span>;
  const words = status === 'SUCCESS' ? String(statusCode ?? '') : (errorMessage ?? '');
  return (
    <span className={styles.outcome} title={words}>
      {words}
      {retries}
    </span>
  );
};
