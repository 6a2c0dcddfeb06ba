import type { RecentRun } from '../../api/types.ts';
import { RunStrip } from '../../components/run-strip.tsx';
import { statusWords } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import * as styles from './runs-cell.module.css';

/** The last runs of a job, with the outcome of the latest one below. */
export const RunsCell = ({ runs }: { runs: readonly RecentRun[] }) => {
  const [last] = runs;
  return (
    <div className={styles.cell}>
      <RunStrip runs={runs} />
      {last !== undefined && (
        <span className={last.status === 'FAILED' ? styles.bad : styles.quiet}>
          {statusWords(last.status)} <Time at={last.executionTime} />
        </span>
      )}
    </div>
  );
};
