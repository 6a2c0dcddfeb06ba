import { ErrorState } from '../error-state.tsx';
import type { Progress } from './progress.ts';
import * as styles from './progress-report.module.css';

const states = {
  RUNNING: 'Working …',
  DONE: 'Done.',
  ABORTED: 'Aborted. The changes that were made remain.',
};

type Props = {
  progress: Progress;
  /** Says what was done, such as `3 jobs paused`. */
  words: (done: number) => string;
};

/** How far an action has come. */
export const ProgressReport = ({ progress, words }: Props) => {
  const { state, total, done, skipped, failures, problems } = progress;
  const skippedWords = skipped > 0 ? `, ${skipped.toLocaleString('en-US')} needed nothing` : '';
  return (
    <div className={styles.report}>
      {problems.map(({ title, error }) => (
        <ErrorState key={title} title={title} error={error} />
      ))}
      <progress
        className={styles.bar}
        aria-label="Progress"
        max={Math.max(1, total)}
        value={state === 'DONE' ? Math.max(1, total) : done + skipped + failures.length}
      />
      <p role="status">
        {states[state]} {words(done)}
        {skippedWords}
        {failures.length > 0 && `, ${failures.length} failed`}
      </p>
      {failures.length > 0 && (
        <ul className={styles.failures}>
          {failures.map(({ name, message }) => (
            <li key={name}>
              <strong>{name}</strong> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
