import type { JobSummary } from '../../api/types.ts';
import * as styles from './schedule-cell.module.css';

/** A schedule with its words. They name the time zone; until they are there, the zone has their place. */
export const ScheduleCell = ({ job, words }: { job: JobSummary; words: string | undefined }) => (
  <div className={styles.cell}>
    <code title={job.schedule}>{job.schedule}</code>
    <span title={words}>{words ?? job.timeZone}</span>
  </div>
);
