import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../api/types.ts';
import { jobName } from '../../components/job-name.ts';
import * as styles from './job-cell.module.css';

/** A job by its name, with its key below, or else with its target. */
export const JobCell = ({ job }: { job: JobSummary }) => (
  <div className={styles.cell}>
    <Link to="/jobs/$id" params={{ id: String(job.id) }} className={styles.name} title={jobName(job)}>
      {jobName(job)}
    </Link>
    <span className={styles.target} title={`${job.method} ${job.api}`}>
      {job.key !== null && job.name !== null
        ? job.key
        : `${job.method} ${job.api.replace(/^https?:\/\//, '')}`}
    </span>
  </div>
);
