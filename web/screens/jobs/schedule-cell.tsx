import type { JobSummary } from '../../api/types.ts';
import * as styles from './schedule-cell.module.css';

/** The part of the words of an interval that is the same for each of them. The page of the job has it. */
const OF_INTERVALS = ', counted from the creation of the job';

/** A schedule with its words. They name the time zone; until they are there, the zone has their place. */
export const ScheduleCell = ({ job, words }: { job: JobSummary; words: string | undefined }) => (
  <div className={styles.cell}>
    <code title={job.schedule}>{job.schedule}</code>
    <span title={words}>{words?.replace(OF_INTERVALS, '') ?? job.timeZone}</span>
  </div>
);
