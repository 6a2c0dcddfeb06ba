import { Link } from '@tanstack/react-router';
import type { NamedJob } from '../../api/types.ts';
import { jobName } from '../../components/job-name.ts';
import * as styles from './job-of-execution.module.css';

/** The job of an execution, by its id until its name is read. */
export const JobOfExecution = ({ id, job }: { id: number; job: NamedJob | undefined }) => (
  <div className={styles.cell}>
    <Link
      to="/jobs/$id"
      params={{ id: String(id) }}
      className={styles.name}
      title={job === undefined ? undefined : jobName(job)}
    >
      {job === undefined ? `Job ${id}` : jobName(job)}
    </Link>
    <span className={styles.quiet}>
      {job?.isDeleted === true ? 'deleted · ' : ''}
      {job?.key ?? `Job ${id}`}
    </span>
  </div>
);
