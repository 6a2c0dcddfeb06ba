import type { JobSummary } from '../../api/types.ts';
import * as styles from './schedule-cell.module.css';

export const ScheduleCell = ({ job }: { job: JobSummary }) => (
  <div className={styles.cell}>
    <code>{job.schedule}</code>
    <span>{job.timeZone}</span>
  </div>
);
