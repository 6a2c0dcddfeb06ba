import { Link } from '@tanstack/react-router';
import type { Execution } from '../../api/types.ts';
import { Time } from '../../components/time.tsx';
import { triggerWords } from '../../components/trigger-words.ts';
import * as styles from './execution-cell.module.css';

/** The instant of an execution. What is not scheduled says so. */
export const ExecutionCell = ({ execution }: { execution: Execution }) => (
  <div className={styles.cell}>
    <Link to="/executions/$id" params={{ id: String(execution.id) }} className={styles.link}>
      <Time at={execution.executionTime} look="instant" />
    </Link>
    <span className={styles.quiet}>
      <Time at={execution.executionTime} />
      {execution.trigger !== 'SCHEDULE' && ` · ${triggerWords[execution.trigger]}`}
    </span>
  </div>
);
